-- Devices, their custody log, their drives, and the counted accessories.

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
    CONSTRAINT erasure_not_proven CHECK (
        erasure_proven OR stage NOT IN ('ready', 'reserved', 'handed_over', 'scrapped', 'parts')),
    CONSTRAINT same_person CHECK (quality_checked_by IS NULL OR quality_checked_by <> tested_by)
);
-- A serial names one live device. What is gone or never came may be announced again.
CREATE UNIQUE INDEX devices_live_serial ON devices (serial_key)
    WHERE serial_key IS NOT NULL AND stage NOT IN ('missing', 'scrapped', 'parts');
CREATE INDEX devices_by_serial ON devices (serial_key);
CREATE INDEX devices_by_batch ON devices (batch_id, id);
CREATE INDEX devices_by_workshop ON devices (workshop_id, stage, id);
CREATE INDEX devices_by_stage ON devices (stage, kind, id);
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
    proven BOOLEAN NOT NULL,
    seen_at INTEGER NOT NULL,
    UNIQUE (device_id, cycle, serial_key)
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

CREATE TRIGGER custody_events_update BEFORE UPDATE ON custody_events
BEGIN
    SELECT RAISE(ABORT, 'custody_events is append-only');
END;
CREATE TRIGGER custody_events_delete BEFORE DELETE ON custody_events
BEGIN
    SELECT RAISE(ABORT, 'custody_events is append-only');
END;
