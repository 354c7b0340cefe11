-- Every statement about a drive's data is kept, and its verdict follows from all of them.
ALTER TABLE drives ADD COLUMN history TEXT; -- JSON: statements, and a proposal that waits for a second person
-- To find whether a drive's proof already serves another device.
CREATE INDEX drives_by_serial ON drives (serial_key);
