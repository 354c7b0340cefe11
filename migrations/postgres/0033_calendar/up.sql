-- The link by which a calendar reads somebody's appointments; only its hash is kept. A new one
-- replaces it.
CREATE TABLE calendar_links (
    person_id uuid NOT NULL PRIMARY KEY REFERENCES people (id),
    token_hash bytea NOT NULL UNIQUE,
    made_at timestamptz NOT NULL
);
