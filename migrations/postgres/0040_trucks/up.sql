-- Further trucks of a batch that does not fit in one: each with its own time.
CREATE TABLE batch_trucks (
    batch_id uuid NOT NULL REFERENCES batches (id),
    number integer NOT NULL CHECK (number >= 2), -- the first is the pickup of the batch
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    collected_at timestamptz,
    pallets integer,
    cancelled_at timestamptz,
    created_by uuid NOT NULL REFERENCES people (id),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (batch_id, number),
    CHECK (starts_at < ends_at),
    CHECK (collected_at IS NULL OR cancelled_at IS NULL)
);
CREATE INDEX batch_trucks_to_come ON batch_trucks (starts_at) WHERE collected_at IS NULL AND cancelled_at IS NULL;
