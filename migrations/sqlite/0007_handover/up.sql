-- The delivery of lots.

CREATE TABLE handovers (
    id BLOB NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    wave_id BLOB NOT NULL REFERENCES waves (id),
    application_id BLOB NOT NULL REFERENCES applications (id),
    association_id BLOB NOT NULL REFERENCES organisations (id),
    workshop_id BLOB REFERENCES organisations (id),
    status TEXT NOT NULL CHECK (status IN (
        'planned', 'scheduled', 'completed', 'missed', 'cancelled')),
    devices INTEGER NOT NULL, -- how many the lot has
    appointment_from INTEGER,
    appointment_to INTEGER,
    place TEXT,
    sequence INTEGER NOT NULL, -- of the calendar entry
    recipient_name TEXT,
    signature TEXT,
    reason TEXT,
    completed_by BLOB REFERENCES people (id),
    completed_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX handovers_of_lot ON handovers (wave_id, application_id, workshop_id);
CREATE INDEX handovers_by_workshop ON handovers (workshop_id, id);
CREATE INDEX handovers_by_association ON handovers (association_id, id);
CREATE INDEX handovers_by_status ON handovers (status, id);

-- What a donor was told of a closed batch, beside the count.
CREATE TABLE donor_news (
    batch_id BLOB NOT NULL PRIMARY KEY REFERENCES batches (id),
    erasure_told_at INTEGER,
    news_told_at INTEGER,
    handed_over INTEGER NOT NULL, -- as it was told
    settled BOOLEAN NOT NULL -- every device has found its place, and the donor knows
);
