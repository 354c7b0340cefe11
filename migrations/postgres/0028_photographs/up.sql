-- Photographs of devices: they support what is said, and prove nothing by themselves.
ALTER TABLE device_files DROP CONSTRAINT device_files_kind_check;
ALTER TABLE device_files ADD CONSTRAINT device_files_kind_check
    CHECK (kind IN ('capture', 'erasure_report', 'photograph'));
