-- Waves: what is proposed, decided and reserved.

CREATE TABLE waves (
    id uuid NOT NULL PRIMARY KEY,
    programme_id uuid NOT NULL REFERENCES programmes (id),
    ordinal integer NOT NULL, -- first, second, …
    name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN (
        'draft', 'proposed', 'adjusted', 'submitted', 'approved', 'handing_over', 'completed',
        'cancelled')),
    settings TEXT NOT NULL, -- JSON
    instance TEXT, -- JSON, the input of the plan (alloc-wave/1)
    result TEXT, -- JSON, the plan
    digest TEXT, -- of the instance
    created_by uuid NOT NULL REFERENCES people (id),
    proposed_by uuid REFERENCES people (id),
    proposed_at timestamptz,
    submitted_by uuid REFERENCES people (id),
    submitted_at timestamptz,
    approved_by uuid REFERENCES people (id),
    approved_at timestamptz,
    comment TEXT,
    reason TEXT, -- of a rejection or cancellation
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (programme_id, ordinal),
    CONSTRAINT same_person CHECK (approved_by IS NULL OR approved_by <> submitted_by)
);

CREATE TABLE wave_lines (
    id uuid NOT NULL PRIMARY KEY,
    wave_id uuid NOT NULL REFERENCES waves (id),
    application_id uuid NOT NULL REFERENCES applications (id),
    association_id uuid NOT NULL REFERENCES organisations (id),
    request integer NOT NULL, -- which of the application's requests, from 1
    rank integer NOT NULL, -- in the public order, from 1
    score integer NOT NULL,
    requested integer NOT NULL,
    lot integer NOT NULL,
    already integer NOT NULL, -- received in earlier waves
    kind TEXT, -- none when unserved
    quantity integer NOT NULL CHECK (quantity >= 0),
    pinned BOOLEAN NOT NULL,
    reason TEXT NOT NULL, -- code: served, skipped, below_lot …
    UNIQUE (wave_id, application_id, request)
);
CREATE INDEX wave_lines_by_rank ON wave_lines (wave_id, rank);
CREATE INDEX wave_lines_by_application ON wave_lines (application_id);
CREATE INDEX wave_lines_by_association ON wave_lines (association_id);

CREATE TABLE wave_pins (
    wave_id uuid NOT NULL REFERENCES waves (id),
    application_id uuid NOT NULL REFERENCES applications (id),
    granted TEXT, -- JSON: kind to quantity; none excludes the application
    reason TEXT NOT NULL,
    actor_id uuid NOT NULL REFERENCES people (id),
    at timestamptz NOT NULL,
    PRIMARY KEY (wave_id, application_id)
);

-- The devices that the plan counted on.
CREATE TABLE wave_supply (
    wave_id uuid NOT NULL REFERENCES waves (id),
    device_id uuid NOT NULL REFERENCES devices (id),
    class TEXT NOT NULL,
    PRIMARY KEY (wave_id, device_id)
);
CREATE INDEX wave_supply_by_device ON wave_supply (device_id);

CREATE TABLE wave_devices (
    wave_id uuid NOT NULL REFERENCES waves (id),
    line_id uuid NOT NULL REFERENCES wave_lines (id),
    device_id uuid NOT NULL REFERENCES devices (id),
    cycle integer NOT NULL,
    reserved_at timestamptz NOT NULL,
    released_at timestamptz,
    PRIMARY KEY (wave_id, device_id)
);
-- In each of its lives a device is on one line.
CREATE UNIQUE INDEX already_reserved ON wave_devices (device_id, cycle) WHERE released_at IS NULL;
CREATE INDEX wave_devices_by_line ON wave_devices (line_id);
CREATE INDEX wave_devices_by_device ON wave_devices (device_id);

-- Made at approval, never changed.
CREATE TABLE wave_explanations (
    wave_id uuid NOT NULL REFERENCES waves (id),
    application_id uuid NOT NULL REFERENCES applications (id),
    body TEXT NOT NULL, -- JSON
    made_at timestamptz NOT NULL,
    PRIMARY KEY (wave_id, application_id)
);

CREATE FUNCTION wave_explanations_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'wave_explanations is append-only';
END $$;
CREATE TRIGGER wave_explanations_append_only BEFORE UPDATE OR DELETE ON wave_explanations
    FOR EACH ROW EXECUTE FUNCTION wave_explanations_append_only();

-- What is signed with an association before it receives more in a civil year than the law
-- allows without.
CREATE TABLE conventions (
    association_id uuid NOT NULL REFERENCES organisations (id),
    year INTEGER NOT NULL,
    reference TEXT NOT NULL,
    signed_on TEXT NOT NULL, -- YYYY-MM-DD
    recorded_by uuid NOT NULL REFERENCES people (id),
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (association_id, year)
);
