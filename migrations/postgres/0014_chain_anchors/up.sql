-- Keyed lines of custody and audit, seals on the end of each chain, and signed heads over all.

ALTER TABLE custody_events ADD COLUMN state TEXT; -- JSON: columns of the device that the line set
ALTER TABLE custody_events ADD COLUMN chain_key TEXT; -- id of the key; none before keys were used
ALTER TABLE custody_events ADD COLUMN mac bytea; -- HMAC-SHA-256 over the hash
ALTER TABLE custody_events ADD COLUMN epoch bigint NOT NULL DEFAULT 0; -- number of the head that covers it
CREATE INDEX custody_events_by_epoch ON custody_events (epoch);

ALTER TABLE audit_events ADD COLUMN chain_key TEXT;
ALTER TABLE audit_events ADD COLUMN mac bytea;
ALTER TABLE audit_events ADD COLUMN epoch bigint NOT NULL DEFAULT 0;
CREATE INDEX audit_events_by_epoch ON audit_events (epoch);

-- HMAC over where a chain ends. A device has it behind the hash in custody_head, and there it
-- also covers the device's columns.
ALTER TABLE audit_chains ADD COLUMN seal bytea;

-- Epochs that are closed. Lines are of the first that is not.
CREATE TABLE chain_epochs (
    epoch bigint NOT NULL PRIMARY KEY,
    closed_at timestamptz NOT NULL
);

-- Head 0 covers what was there before lines had keys.
CREATE TABLE chain_heads (
    number bigint NOT NULL PRIMARY KEY,
    line TEXT NOT NULL, -- JSON with its signature, byte for byte as it was published
    made_at timestamptz NOT NULL,
    mailed_at timestamptz,
    timestamp_token bytea -- RFC 3161, of the line
);
