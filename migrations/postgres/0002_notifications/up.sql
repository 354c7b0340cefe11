-- What is to be told, written in the transaction that makes it true.

CREATE TABLE outbox (
    id uuid NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL, -- address
    recipient_name TEXT NOT NULL,
    person_id uuid REFERENCES people (id),
    language TEXT NOT NULL CHECK (language IN ('fr', 'en')),
    data TEXT NOT NULL, -- JSON, what the template reads
    message_id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'failed', 'dead')),
    attempts integer NOT NULL,
    due_at timestamptz NOT NULL,
    locked_until timestamptz, -- a worker has it in hand
    last_error TEXT,
    created_at timestamptz NOT NULL,
    sent_at timestamptz
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE status IN ('queued', 'failed');
CREATE INDEX outbox_by_status ON outbox (status, id);
CREATE INDEX outbox_by_recipient ON outbox (recipient, id);
