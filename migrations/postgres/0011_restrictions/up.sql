-- What a donor ties its gift to, and what it says to the count at the dock.

ALTER TABLE batches ADD COLUMN restrictions TEXT; -- JSON: themes, associations, drives destroyed

CREATE TABLE reception_answers (
    batch_id uuid NOT NULL PRIMARY KEY REFERENCES batches (id),
    answer TEXT NOT NULL CHECK (answer IN ('confirmed', 'contested')),
    comment TEXT,
    answered_by uuid NOT NULL REFERENCES people (id),
    answered_at timestamptz NOT NULL,
    CONSTRAINT contested_says_why CHECK (answer <> 'contested' OR comment IS NOT NULL)
);

-- Links in mails that let one person answer for one batch; only their hash is kept.
CREATE TABLE reception_links (
    token_hash bytea NOT NULL PRIMARY KEY,
    batch_id uuid NOT NULL REFERENCES batches (id),
    person_id uuid NOT NULL REFERENCES people (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX reception_links_by_batch ON reception_links (batch_id);
