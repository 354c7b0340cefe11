-- Supporting documents. The files lie in a folder under their SHA-256.

CREATE TABLE documents (
    id uuid NOT NULL PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES applications (id),
    kind TEXT NOT NULL CHECK (kind IN ('statutes', 'project', 'identity', 'other')),
    name TEXT NOT NULL, -- as the sender called it
    media_type TEXT NOT NULL, -- found in the content
    size bigint NOT NULL CHECK (size > 0),
    sha256 TEXT NOT NULL,
    scanned BOOLEAN NOT NULL, -- a virus scanner looked at it
    uploaded_by uuid NOT NULL REFERENCES people (id),
    uploaded_at timestamptz NOT NULL
);
CREATE INDEX documents_by_application ON documents (application_id, id);
CREATE INDEX documents_by_content ON documents (sha256);
