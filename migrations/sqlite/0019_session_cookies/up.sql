-- What a browser keeps of a session: a random token in a cookie, of which only the hash is kept
-- here. It opens the session as long as that stands, and nothing else.
CREATE TABLE session_cookies (
    token_hash BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions (id),
    created_at INTEGER NOT NULL
);
CREATE INDEX session_cookies_by_session ON session_cookies (session_id);
