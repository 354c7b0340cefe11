-- What donors give.

CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value bigint NOT NULL
);

CREATE TABLE batches (
    id uuid NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    donor_id uuid NOT NULL REFERENCES organisations (id),
    title TEXT NOT NULL,
    search_key TEXT NOT NULL, -- reference, title and donor without accents and case
    status TEXT NOT NULL CHECK (status IN (
        'draft', 'submitted', 'accepted', 'scheduled', 'collected', 'received', 'closed',
        'refused', 'cancelled')),
    title_route TEXT NOT NULL CHECK (title_route IN (
        'donor_to_association', 'donor_to_city_to_association')),
    declared TEXT NOT NULL, -- JSON: kinds and quantities
    accessories TEXT NOT NULL, -- JSON: kinds and quantities
    pickup TEXT NOT NULL, -- JSON: address, contact, window
    manifest TEXT, -- JSON: what the file was
    workshop_id uuid REFERENCES organisations (id),
    scheduled_from timestamptz,
    scheduled_to timestamptz,
    schedule_sequence integer NOT NULL, -- of the calendar entry
    collected_at timestamptz,
    pallets integer,
    weight_grams bigint,
    reason TEXT, -- of a refusal or cancellation
    created_by uuid NOT NULL REFERENCES people (id),
    submitted_at timestamptz,
    accepted_at timestamptz,
    received_at timestamptz, -- when the first device was counted
    closed_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX batches_by_donor ON batches (donor_id, id);
CREATE INDEX batches_by_workshop ON batches (workshop_id, id);
CREATE INDEX batches_by_status ON batches (status, id);
