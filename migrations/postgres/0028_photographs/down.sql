CREATE TABLE device_files_old (
    id uuid NOT NULL PRIMARY KEY,
    device_id uuid NOT NULL REFERENCES devices (id),
    cycle integer NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('capture', 'erasure_report')),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    media_type TEXT NOT NULL,
    size bigint NOT NULL,
    name TEXT, -- as the sender called it
    added_by uuid NOT NULL REFERENCES people (id),
    added_at timestamptz NOT NULL,
    UNIQUE (device_id, kind, cycle, sha256)
);
INSERT INTO device_files_old SELECT * FROM device_files WHERE kind <> 'photograph';
DROP TABLE device_files;
ALTER TABLE device_files_old RENAME TO device_files;
CREATE INDEX device_files_by_content ON device_files (sha256);
