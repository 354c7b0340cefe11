-- The donor's space: a list that still has mistakes, the devices that a donor contests, and a link
-- by which anybody follows a donation.

-- JSON: the tags of the devices that the donor contests.
ALTER TABLE reception_answers ADD COLUMN devices TEXT;

-- A list with mistakes or open questions, kept until it is mended: nothing of it is a device yet.
CREATE TABLE pending_lists (
    batch_id uuid NOT NULL PRIMARY KEY REFERENCES batches (id),
    name TEXT NOT NULL,
    content bytea NOT NULL,
    sheet TEXT,
    dates TEXT CHECK (dates IN ('dmy', 'mdy')),
    kept_by uuid NOT NULL REFERENCES people (id),
    kept_at timestamptz NOT NULL
);

-- The link by which anybody follows a batch; only its hash is kept. A new one replaces it.
CREATE TABLE follow_links (
    batch_id uuid NOT NULL PRIMARY KEY REFERENCES batches (id),
    token_hash bytea NOT NULL UNIQUE,
    made_by uuid NOT NULL REFERENCES people (id),
    made_at timestamptz NOT NULL
);
