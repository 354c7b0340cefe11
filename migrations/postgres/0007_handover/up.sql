-- The delivery of lots.

CREATE TABLE handovers (
    id uuid NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    wave_id uuid NOT NULL REFERENCES waves (id),
    application_id uuid NOT NULL REFERENCES applications (id),
    association_id uuid NOT NULL REFERENCES organisations (id),
    workshop_id uuid REFERENCES organisations (id),
    status TEXT NOT NULL CHECK (status IN (
        'planned', 'scheduled', 'completed', 'missed', 'cancelled')),
    devices integer NOT NULL, -- how many the lot has
    appointment_from timestamptz,
    appointment_to timestamptz,
    place TEXT,
    sequence integer NOT NULL, -- of the calendar entry
    recipient_name TEXT,
    signature TEXT,
    reason TEXT,
    completed_by uuid REFERENCES people (id),
    completed_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX handovers_of_lot ON handovers (wave_id, application_id, workshop_id);
CREATE INDEX handovers_by_workshop ON handovers (workshop_id, id);
CREATE INDEX handovers_by_association ON handovers (association_id, id);
CREATE INDEX handovers_by_status ON handovers (status, id);

-- What a donor was told of a closed batch, beside the count.
CREATE TABLE donor_news (
    batch_id uuid NOT NULL PRIMARY KEY REFERENCES batches (id),
    erasure_told_at timestamptz,
    news_told_at timestamptz,
    handed_over bigint NOT NULL, -- as it was told
    settled BOOLEAN NOT NULL -- every device has found its place, and the donor knows
);
