-- Photographs of devices: they support what is said, and prove nothing by themselves.
CREATE TABLE device_files_new (
    id uuid NOT NULL PRIMARY KEY,
    device_id uuid NOT NULL REFERENCES devices (id),
    cycle integer NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('capture', 'erasure_report', 'photograph')),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    media_type TEXT NOT NULL,
    size bigint NOT NULL,
    name TEXT, -- as the sender called it
    added_by uuid NOT NULL REFERENCES people (id),
    added_at timestamptz NOT NULL,
    UNIQUE (device_id, kind, cycle, sha256)
);
INSERT INTO device_files_new SELECT * FROM device_files;
DROP TABLE device_files;
ALTER TABLE device_files_new RENAME TO device_files;
CREATE INDEX device_files_by_content ON device_files (sha256);
