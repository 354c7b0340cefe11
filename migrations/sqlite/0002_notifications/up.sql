-- What is to be told, written in the transaction that makes it true.

CREATE TABLE outbox (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL, -- address
    recipient_name TEXT NOT NULL,
    person_id BLOB REFERENCES people (id),
    language TEXT NOT NULL CHECK (language IN ('fr', 'en')),
    data TEXT NOT NULL, -- JSON, what the template reads
    topic TEXT, -- a later message on the same topic takes the place of one that waits
    bundle TEXT, -- shares a mail with others of this name: its kind, 'daily' or 'weekly'
    part_of BLOB REFERENCES outbox (id) ON DELETE CASCADE, -- travels in the mail of that row
    message_id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'failed', 'dead')),
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    locked_until INTEGER, -- a worker has it in hand
    last_error TEXT,
    ended_because TEXT CHECK (ended_because IN ('refused', 'given_up', 'past', 'left')),
    reported_at INTEGER, -- staff were told that it is dead
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    sent_at INTEGER,
    CONSTRAINT the_dead_have_a_reason CHECK (status <> 'dead' OR ended_because IS NOT NULL)
);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE status IN ('queued', 'failed');
CREATE INDEX outbox_waiting ON outbox (recipient) WHERE status IN ('queued', 'failed');
CREATE INDEX outbox_parts ON outbox (part_of) WHERE part_of IS NOT NULL;
CREATE INDEX outbox_by_status ON outbox (status, id);
CREATE INDEX outbox_by_recipient ON outbox (recipient, id);
CREATE INDEX outbox_by_person ON outbox (person_id);
CREATE INDEX outbox_by_kind ON outbox (kind, id);
-- what still says to whom it went: retention looks through no other
CREATE INDEX outbox_done ON outbox (status, created_at)
    WHERE status IN ('sent', 'dead') AND recipient <> '';

-- How a person wants to hear of a kind of message, where it is not at once.
CREATE TABLE notification_choices (
    person_id BLOB NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    choice TEXT NOT NULL CHECK (choice IN ('daily', 'weekly', 'off')),
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (person_id, kind)
);

-- What signs the links by which mails are turned off; the program makes it.
CREATE TABLE mail_keys (
    purpose TEXT NOT NULL PRIMARY KEY,
    secret TEXT NOT NULL,
    created_at INTEGER NOT NULL
);

-- Other programs that are told of what their organization hears.
CREATE TABLE webhooks (
    id BLOB NOT NULL PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    created_by BLOB NOT NULL REFERENCES people (id),
    url TEXT NOT NULL,
    events TEXT NOT NULL, -- JSON, names of kinds
    secret TEXT NOT NULL, -- signs each call
    status TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
    failing_since INTEGER,
    last_error TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX webhooks_by_organisation ON webhooks (organisation_id, id);

CREATE TABLE webhook_deliveries (
    id BLOB NOT NULL PRIMARY KEY, -- names the event towards the receiver, the same at each attempt
    webhook_id BLOB NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    data TEXT NOT NULL, -- JSON
    status TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'failed', 'dead')),
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    locked_until INTEGER,
    answer INTEGER, -- HTTP status of the last attempt
    last_error TEXT,
    created_at INTEGER NOT NULL,
    sent_at INTEGER
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due_at) WHERE status IN ('queued', 'failed');
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, id);
