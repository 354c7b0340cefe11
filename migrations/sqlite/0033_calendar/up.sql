-- The link by which a calendar reads somebody's appointments; only its hash is kept. A new one
-- replaces it.
CREATE TABLE calendar_links (
    person_id BLOB NOT NULL PRIMARY KEY REFERENCES people (id),
    token_hash BLOB NOT NULL UNIQUE,
    made_at INTEGER NOT NULL
);
