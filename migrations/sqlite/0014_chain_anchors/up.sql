-- Keyed lines of custody and audit, seals on the end of each chain, and signed heads over all.

ALTER TABLE custody_events ADD COLUMN state TEXT; -- JSON: columns of the device that the line set
ALTER TABLE custody_events ADD COLUMN chain_key TEXT; -- id of the key; none before keys were used
ALTER TABLE custody_events ADD COLUMN mac BLOB; -- HMAC-SHA-256 over the hash
ALTER TABLE custody_events ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0; -- number of the head that covers it
CREATE INDEX custody_events_by_epoch ON custody_events (epoch);

ALTER TABLE audit_events ADD COLUMN chain_key TEXT;
ALTER TABLE audit_events ADD COLUMN mac BLOB;
ALTER TABLE audit_events ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
CREATE INDEX audit_events_by_epoch ON audit_events (epoch);

-- HMAC over where a chain ends. A device has it behind the hash in custody_head, and there it
-- also covers the device's columns.
ALTER TABLE audit_chains ADD COLUMN seal BLOB;

-- Epochs that are closed. Lines are of the first that is not.
CREATE TABLE chain_epochs (
    epoch BIGINT NOT NULL PRIMARY KEY, -- no alias of SQLite's own row number
    closed_at INTEGER NOT NULL
);

-- Head 0 covers what was there before lines had keys.
CREATE TABLE chain_heads (
    number BIGINT NOT NULL PRIMARY KEY,
    line TEXT NOT NULL, -- JSON with its signature, byte for byte as it was published
    made_at INTEGER NOT NULL,
    mailed_at INTEGER,
    timestamp_token BLOB -- RFC 3161, of the line
);
