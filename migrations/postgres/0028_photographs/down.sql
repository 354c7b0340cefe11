DELETE FROM device_files WHERE kind = 'photograph';
ALTER TABLE device_files DROP CONSTRAINT device_files_kind_check;
ALTER TABLE device_files ADD CONSTRAINT device_files_kind_check
    CHECK (kind IN ('capture', 'erasure_report'));
