-- What is to be told, written in the transaction that makes it true.

CREATE TABLE outbox (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL, -- address
    recipient_name TEXT NOT NULL,
    person_id BLOB REFERENCES people (id),
    language TEXT NOT NULL CHECK (language IN ('fr', 'en')),
    data TEXT NOT NULL, -- JSON, what the template reads
    message_id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'failed', 'dead')),
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    locked_until INTEGER, -- a worker has it in hand
    last_error TEXT,
    created_at INTEGER NOT NULL,
    sent_at INTEGER
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE status IN ('queued', 'failed');
CREATE INDEX outbox_by_status ON outbox (status, id);
CREATE INDEX outbox_by_recipient ON outbox (recipient, id);
