-- Waves: what is proposed, decided and reserved.

CREATE TABLE waves (
    id BLOB NOT NULL PRIMARY KEY,
    programme_id BLOB NOT NULL REFERENCES programmes (id),
    ordinal INTEGER NOT NULL, -- first, second, …
    name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN (
        'draft', 'proposed', 'adjusted', 'submitted', 'approved', 'handing_over', 'completed',
        'cancelled')),
    settings TEXT NOT NULL, -- JSON
    instance TEXT, -- JSON, the input of the plan (alloc-wave/1)
    result TEXT, -- JSON, the plan
    digest TEXT, -- of the instance
    created_by BLOB NOT NULL REFERENCES people (id),
    proposed_by BLOB REFERENCES people (id),
    proposed_at INTEGER,
    submitted_by BLOB REFERENCES people (id),
    submitted_at INTEGER,
    approved_by BLOB REFERENCES people (id),
    approved_at INTEGER,
    comment TEXT,
    reason TEXT, -- of a rejection or cancellation
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (programme_id, ordinal),
    CONSTRAINT same_person CHECK (approved_by IS NULL OR approved_by <> submitted_by)
);

CREATE TABLE wave_lines (
    id BLOB NOT NULL PRIMARY KEY,
    wave_id BLOB NOT NULL REFERENCES waves (id),
    application_id BLOB NOT NULL REFERENCES applications (id),
    association_id BLOB NOT NULL REFERENCES organisations (id),
    request INTEGER NOT NULL, -- which of the application's requests, from 1
    rank INTEGER NOT NULL, -- in the public order, from 1
    score INTEGER NOT NULL,
    requested INTEGER NOT NULL,
    lot INTEGER NOT NULL,
    already INTEGER NOT NULL, -- received in earlier waves
    kind TEXT, -- none when unserved
    quantity INTEGER NOT NULL CHECK (quantity >= 0),
    pinned BOOLEAN NOT NULL,
    reason TEXT NOT NULL, -- code: served, skipped, below_lot …
    UNIQUE (wave_id, application_id, request)
);
CREATE INDEX wave_lines_by_rank ON wave_lines (wave_id, rank);
CREATE INDEX wave_lines_by_application ON wave_lines (application_id);
CREATE INDEX wave_lines_by_association ON wave_lines (association_id);

CREATE TABLE wave_pins (
    wave_id BLOB NOT NULL REFERENCES waves (id),
    application_id BLOB NOT NULL REFERENCES applications (id),
    granted TEXT, -- JSON: kind to quantity; none excludes the application
    reason TEXT NOT NULL,
    actor_id BLOB NOT NULL REFERENCES people (id),
    at INTEGER NOT NULL,
    PRIMARY KEY (wave_id, application_id)
);

-- The devices that the plan counted on.
CREATE TABLE wave_supply (
    wave_id BLOB NOT NULL REFERENCES waves (id),
    device_id BLOB NOT NULL REFERENCES devices (id),
    class TEXT NOT NULL,
    PRIMARY KEY (wave_id, device_id)
);
CREATE INDEX wave_supply_by_device ON wave_supply (device_id);

CREATE TABLE wave_devices (
    wave_id BLOB NOT NULL REFERENCES waves (id),
    line_id BLOB NOT NULL REFERENCES wave_lines (id),
    device_id BLOB NOT NULL REFERENCES devices (id),
    cycle INTEGER NOT NULL,
    reserved_at INTEGER NOT NULL,
    released_at INTEGER,
    PRIMARY KEY (wave_id, device_id)
);
-- In each of its lives a device is on one line.
CREATE UNIQUE INDEX already_reserved ON wave_devices (device_id, cycle) WHERE released_at IS NULL;
CREATE INDEX wave_devices_by_line ON wave_devices (line_id);
CREATE INDEX wave_devices_by_device ON wave_devices (device_id);

-- Made at approval, never changed.
CREATE TABLE wave_explanations (
    wave_id BLOB NOT NULL REFERENCES waves (id),
    application_id BLOB NOT NULL REFERENCES applications (id),
    body TEXT NOT NULL, -- JSON
    made_at INTEGER NOT NULL,
    PRIMARY KEY (wave_id, application_id)
);

CREATE TRIGGER wave_explanations_update BEFORE UPDATE ON wave_explanations
BEGIN
    SELECT RAISE(ABORT, 'wave_explanations is append-only');
END;
CREATE TRIGGER wave_explanations_delete BEFORE DELETE ON wave_explanations
BEGIN
    SELECT RAISE(ABORT, 'wave_explanations is append-only');
END;

-- What is signed with an association before it receives more in a civil year than the law
-- allows without.
CREATE TABLE conventions (
    association_id BLOB NOT NULL REFERENCES organisations (id),
    year INTEGER NOT NULL,
    reference TEXT NOT NULL,
    signed_on TEXT NOT NULL, -- YYYY-MM-DD
    recorded_by BLOB NOT NULL REFERENCES people (id),
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (association_id, year)
);
