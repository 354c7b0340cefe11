-- Devices, their custody log, their drives, counted accessories and parts, moves, waste.

-- Devices under way from one workshop to another.
CREATE TABLE transfers (
    id BLOB NOT NULL PRIMARY KEY,
    from_workshop_id BLOB NOT NULL REFERENCES organisations (id),
    to_workshop_id BLOB NOT NULL REFERENCES organisations (id),
    status TEXT NOT NULL CHECK (status IN ('sent', 'received', 'cancelled')),
    note TEXT,
    sent_by BLOB NOT NULL REFERENCES people (id),
    sent_at INTEGER NOT NULL,
    closed_at INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT another_workshop CHECK (from_workshop_id <> to_workshop_id)
);
CREATE INDEX transfers_from ON transfers (from_workshop_id, id);
CREATE INDEX transfers_to ON transfers (to_workshop_id, id);

CREATE TABLE devices (
    id BLOB NOT NULL PRIMARY KEY,
    tag TEXT NOT NULL UNIQUE,
    serial TEXT,
    serial_key TEXT, -- upper-case letters and digits alone
    kind TEXT NOT NULL CHECK (kind IN (
        'desktop', 'laptop', 'tablet', 'smartphone', 'monitor', 'printer', '3d_printer',
        'laser_cutter', 'other')),
    manufacturer TEXT,
    model TEXT,
    stage TEXT NOT NULL CHECK (stage IN (
        'expected', 'received', 'triaged', 'erased', 'tested', 'in_repair', 'graded', 'ready',
        'reserved', 'handed_over', 'returned', 'missing', 'scrapped', 'parts')),
    grade TEXT CHECK (grade IN ('A', 'B', 'C', 'D')),
    batch_id BLOB NOT NULL REFERENCES batches (id),
    donor_id BLOB NOT NULL REFERENCES organisations (id),
    workshop_id BLOB REFERENCES organisations (id),
    manifest_line INTEGER, -- none for a machine that nobody announced
    attributes TEXT NOT NULL, -- JSON: what the manifest said of it
    hardware TEXT, -- JSON: what the machine said of itself
    location TEXT,
    cycle INTEGER NOT NULL, -- 1, and one more each time it comes back
    erasure_proven BOOLEAN NOT NULL, -- every drive it was seen with, in this cycle
    triage TEXT CHECK (triage IN ('keep', 'scrap', 'parts')),
    tests_passed BOOLEAN,
    tested_by BLOB REFERENCES people (id),
    quality_checked_by BLOB REFERENCES people (id), -- none when it did not pass, or was voided
    kit TEXT, -- JSON: the accessories taken from stock for it
    stage_at INTEGER NOT NULL,
    received_at INTEGER,
    ready_at INTEGER,
    custody_seq INTEGER NOT NULL, -- of the last event, 0 before the first
    custody_head BLOB NOT NULL, -- hash of the last event
    search_key TEXT NOT NULL, -- serial, tag and model without accents and case
    version INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    transfer_id BLOB REFERENCES transfers (id), -- while it is under way to another workshop
    CONSTRAINT erasure_not_proven CHECK (
        erasure_proven OR stage NOT IN ('ready', 'reserved', 'handed_over', 'scrapped', 'parts')),
    CONSTRAINT same_person CHECK (quality_checked_by IS NULL OR quality_checked_by <> tested_by),
    CONSTRAINT device_in_transit CHECK (
        transfer_id IS NULL OR stage NOT IN ('ready', 'reserved', 'handed_over', 'scrapped', 'parts'))
);
-- A serial names one live device. What is gone or never came may be announced again.
CREATE UNIQUE INDEX devices_live_serial ON devices (serial_key)
    WHERE serial_key IS NOT NULL AND stage NOT IN ('missing', 'scrapped', 'parts');
CREATE INDEX devices_by_serial ON devices (serial_key);
CREATE INDEX devices_by_batch ON devices (batch_id, id);
CREATE INDEX devices_by_kind ON devices (kind, id);
CREATE INDEX devices_by_grade ON devices (grade, id);
-- Lists are read in the order of id; counts and ages are read off the index alone.
CREATE INDEX devices_by_workshop ON devices (workshop_id, id);
CREATE INDEX devices_by_workshop_stage ON devices (workshop_id, stage, id, stage_at);
CREATE INDEX devices_by_batch_stage ON devices (batch_id, stage);
CREATE INDEX devices_by_kind_stage ON devices (kind, stage, id);
CREATE INDEX devices_by_stage_age ON devices (stage, id, stage_at);
CREATE INDEX devices_by_transfer ON devices (transfer_id, id);
CREATE INDEX devices_by_donor ON devices (donor_id, id);

CREATE TABLE drives (
    id BLOB NOT NULL PRIMARY KEY,
    device_id BLOB NOT NULL REFERENCES devices (id),
    cycle INTEGER NOT NULL,
    serial TEXT,
    serial_key TEXT NOT NULL, -- empty, #2, #3 … for drives without a readable serial
    media TEXT NOT NULL CHECK (media IN ('hdd', 'ssd', 'nvme', 'emmc', 'other')),
    model TEXT,
    size_bytes INTEGER,
    proof TEXT, -- JSON: how it was erased, destroyed or found absent
    method TEXT CHECK (method IN ('clear', 'purge', 'destroy', 'absent')), -- that of the proof
    proven BOOLEAN NOT NULL,
    seen_at INTEGER NOT NULL,
    UNIQUE (device_id, cycle, serial_key),
    CHECK ((method IS NULL) = (proof IS NULL))
);

CREATE TABLE custody_events (
    device_id BLOB NOT NULL REFERENCES devices (id),
    seq INTEGER NOT NULL,
    id BLOB NOT NULL UNIQUE,
    type TEXT NOT NULL,
    at INTEGER NOT NULL, -- when it happened, as the person says
    recorded_at INTEGER NOT NULL,
    actor_id BLOB NOT NULL REFERENCES people (id),
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    from_stage TEXT NOT NULL,
    to_stage TEXT NOT NULL,
    client_id TEXT, -- the sender's own number of this line
    evidence TEXT NOT NULL, -- JSON, byte for byte as it was hashed
    note TEXT,
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (device_id, seq),
    UNIQUE (device_id, client_id)
);

-- How much somebody has logged, for whoever asks what is held about them.
CREATE INDEX custody_events_by_actor ON custody_events (actor_id);

CREATE TABLE accessory_stock (
    workshop_id BLOB NOT NULL REFERENCES organisations (id),
    kind TEXT NOT NULL CHECK (kind IN (
        'keyboard', 'mouse', 'charger', 'power_cable', 'video_cable', 'other')),
    quantity INTEGER NOT NULL,
    PRIMARY KEY (workshop_id, kind),
    CONSTRAINT stock_too_low CHECK (quantity >= 0)
);

CREATE TABLE accessory_movements (
    id BLOB NOT NULL PRIMARY KEY,
    workshop_id BLOB NOT NULL REFERENCES organisations (id),
    kind TEXT NOT NULL,
    delta INTEGER NOT NULL,
    reason TEXT NOT NULL,
    batch_id BLOB REFERENCES batches (id),
    device_id BLOB REFERENCES devices (id),
    actor_id BLOB NOT NULL REFERENCES people (id),
    at INTEGER NOT NULL
);
CREATE INDEX accessory_movements_by_workshop ON accessory_movements (workshop_id, id);
CREATE INDEX accessory_movements_by_batch ON accessory_movements (batch_id);
CREATE INDEX accessory_movements_by_device ON accessory_movements (device_id);

-- Spare parts: what a workshop keeps a count of.
CREATE TABLE part_stock (
    workshop_id BLOB NOT NULL REFERENCES organisations (id),
    part_key TEXT NOT NULL, -- kind and label without accents and case
    kind TEXT NOT NULL,
    label TEXT NOT NULL, -- empty when the kind says enough
    quantity INTEGER NOT NULL,
    PRIMARY KEY (workshop_id, part_key),
    CONSTRAINT stock_too_low CHECK (quantity >= 0)
);

CREATE TABLE part_movements (
    id BLOB NOT NULL PRIMARY KEY,
    workshop_id BLOB NOT NULL REFERENCES organisations (id),
    part_key TEXT NOT NULL,
    delta INTEGER NOT NULL,
    reason TEXT NOT NULL,
    device_id BLOB REFERENCES devices (id),
    actor_id BLOB NOT NULL REFERENCES people (id),
    at INTEGER NOT NULL
);
CREATE INDEX part_movements_by_workshop ON part_movements (workshop_id, id);
CREATE INDEX part_movements_by_device ON part_movements (device_id);

-- Repairs as they stand, corrections included; what was said at each time is in the log.
CREATE TABLE repairs (
    device_id BLOB NOT NULL REFERENCES devices (id),
    seq INTEGER NOT NULL, -- of the event that reported it
    workshop_id BLOB NOT NULL REFERENCES organisations (id), -- whose parts they are
    description TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    parts TEXT NOT NULL, -- JSON: those that were counted
    at INTEGER NOT NULL,
    corrected_at INTEGER,
    PRIMARY KEY (device_id, seq)
);

CREATE TABLE transfer_lines (
    transfer_id BLOB NOT NULL REFERENCES transfers (id),
    device_id BLOB NOT NULL REFERENCES devices (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('under_way', 'received', 'cancelled', 'missing')),
    settled_at INTEGER,
    PRIMARY KEY (transfer_id, device_id)
);
-- A device is under way once.
CREATE UNIQUE INDEX transfer_lines_under_way ON transfer_lines (device_id)
    WHERE outcome = 'under_way';

-- What was scrapped, or is left of what was taken apart; batteries that were taken out are a
-- line of their own, of the category `batteries`.
CREATE TABLE waste (
    device_id BLOB NOT NULL REFERENCES devices (id),
    workshop_id BLOB NOT NULL REFERENCES organisations (id),
    category TEXT NOT NULL,
    weight_grams INTEGER, -- none when nobody weighed it and its kind has no usual weight
    waste_reference TEXT, -- number of the waste note
    reason TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (device_id, category)
);
CREATE INDEX waste_by_workshop ON waste (workshop_id, device_id, category);

-- Evidence that lies in the folder of files, by its SHA-256: captures of a machine's hardware,
-- erasure reports. The same file is noted once in a cycle.
CREATE TABLE device_files (
    id BLOB NOT NULL PRIMARY KEY,
    device_id BLOB NOT NULL REFERENCES devices (id),
    cycle INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('capture', 'erasure_report')),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    name TEXT, -- as the sender called it
    added_by BLOB NOT NULL REFERENCES people (id),
    added_at INTEGER NOT NULL,
    UNIQUE (device_id, kind, cycle, sha256)
);
CREATE INDEX device_files_by_content ON device_files (sha256);

-- Devices whose machine says it is another, until a person decides.
CREATE TABLE device_contradictions (
    device_id BLOB NOT NULL PRIMARY KEY REFERENCES devices (id),
    found_at INTEGER NOT NULL
);

CREATE TRIGGER custody_events_update BEFORE UPDATE ON custody_events
BEGIN
    SELECT RAISE(ABORT, 'custody_events is append-only');
END;
CREATE TRIGGER custody_events_delete BEFORE DELETE ON custody_events
BEGIN
    SELECT RAISE(ABORT, 'custody_events is append-only');
END;

-- For a search of any part of a number: every three letters that follow one another in a
-- search key, by the number that SQLite itself gives a row. A copy of the file keeps those.
-- An entry is taken out by naming what it was made of: tombstones (contentless_delete) would
-- make each change of a device slower than the one before.
CREATE VIRTUAL TABLE device_search USING fts5 (
    search_key, tokenize = 'trigram', content = '', detail = none);

CREATE TRIGGER device_search_insert AFTER INSERT ON devices
BEGIN
    INSERT INTO device_search (rowid, search_key) VALUES (new.rowid, new.search_key);
END;
CREATE TRIGGER device_search_update AFTER UPDATE OF search_key ON devices
    WHEN new.search_key <> old.search_key
BEGIN
    INSERT INTO device_search (device_search, rowid, search_key)
    VALUES ('delete', old.rowid, old.search_key);
    INSERT INTO device_search (rowid, search_key) VALUES (new.rowid, new.search_key);
END;
CREATE TRIGGER device_search_delete AFTER DELETE ON devices
BEGIN
    INSERT INTO device_search (device_search, rowid, search_key)
    VALUES ('delete', old.rowid, old.search_key);
END;
