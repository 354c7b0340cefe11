DROP INDEX drives_by_serial;
ALTER TABLE drives DROP COLUMN history;
