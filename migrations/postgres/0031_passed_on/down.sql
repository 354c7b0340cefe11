ALTER TABLE wave_devices DROP COLUMN passed_on;
ALTER TABLE waves DROP COLUMN passed_on;
