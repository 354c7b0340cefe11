-- Further trucks of a batch that does not fit in one: each with its own time.
CREATE TABLE batch_trucks (
    batch_id BLOB NOT NULL REFERENCES batches (id),
    number INTEGER NOT NULL CHECK (number >= 2), -- the first is the pickup of the batch
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    collected_at INTEGER,
    pallets INTEGER,
    cancelled_at INTEGER,
    created_by BLOB NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (batch_id, number),
    CHECK (starts_at < ends_at),
    CHECK (collected_at IS NULL OR cancelled_at IS NULL)
);
CREATE INDEX batch_trucks_to_come ON batch_trucks (starts_at) WHERE collected_at IS NULL AND cancelled_at IS NULL;
