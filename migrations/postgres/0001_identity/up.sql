-- Organizations, the people who act for them, and how they sign in.

CREATE TABLE organisations (
    id uuid NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('donor', 'workshop', 'association', 'city')),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL, -- the name without accents and case, for searching
    siret TEXT UNIQUE,
    rna TEXT UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('pending', 'verified', 'suspended', 'dissolved')),
    status_reason TEXT,
    address TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    commune TEXT NOT NULL,
    commune_code TEXT,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX organisations_by_kind ON organisations (kind, status, id);

CREATE TABLE people (
    id uuid NOT NULL PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    email TEXT NOT NULL UNIQUE, -- lower case
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('donor', 'refurbisher', 'association', 'staff', 'admin')),
    language TEXT NOT NULL CHECK (language IN ('fr', 'en')),
    password_hash TEXT, -- none until the invitation is accepted
    disabled BOOLEAN NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    last_login_at timestamptz
);
CREATE INDEX people_by_organisation ON people (organisation_id, role);
CREATE INDEX people_by_role ON people (role);

-- Single-use tokens sent by mail; only their hash is kept.
CREATE TABLE invitations (
    id uuid NOT NULL PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'reset', 'email')),
    token_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    email TEXT, -- the address to be, of a link that changes it
    session_id uuid, -- the session in which it was asked for: the one that goes on
    CHECK ((purpose = 'email') = (email IS NOT NULL))
);
CREATE INDEX invitations_by_person ON invitations (person_id);

-- One sign-in, and the family of refresh tokens that came of it.
CREATE TABLE sessions (
    id uuid NOT NULL PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_because TEXT
);
CREATE INDEX sessions_by_person ON sessions (person_id);

CREATE TABLE refresh_tokens (
    token_hash bytea NOT NULL PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions (id),
    created_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE api_keys (
    id uuid NOT NULL PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    created_by uuid NOT NULL REFERENCES people (id),
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    scopes TEXT NOT NULL, -- JSON list
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX api_keys_by_organisation ON api_keys (organisation_id);

-- The first answer to a request that may be sent again.
CREATE TABLE idempotency_keys (
    actor_id uuid NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash bytea NOT NULL,
    status integer NOT NULL,
    content_type TEXT NOT NULL,
    etag TEXT,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (actor_id, idempotency_key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- A second factor: the secret of a generator of codes (TOTP, RFC 6238).
CREATE TABLE second_factors (
    person_id uuid NOT NULL PRIMARY KEY REFERENCES people (id),
    secret bytea NOT NULL, -- encrypted, and bound to its person
    confirmed_at timestamptz, -- none until a first code showed that the generator is set up
    last_step bigint NOT NULL, -- of the last code that was taken: none is taken twice
    created_at timestamptz NOT NULL
);

-- For who has lost the generator; only their hash is kept.
CREATE TABLE recovery_codes (
    person_id uuid NOT NULL REFERENCES people (id),
    code_hash bytea NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (person_id, code_hash)
);

-- Attempts to sign in of late. What is counted (an account, a network address, both) is
-- known by a keyed digest alone.
CREATE TABLE sign_in_attempts (
    bucket bytea NOT NULL PRIMARY KEY,
    attempts integer NOT NULL,
    since timestamptz NOT NULL
);
CREATE INDEX sign_in_attempts_by_age ON sign_in_attempts (since);

-- From where somebody signed in before, by a keyed digest: a stranger who tries their
-- account from elsewhere cannot keep them out.
CREATE TABLE sign_in_places (
    person_id uuid NOT NULL REFERENCES people (id),
    place bytea NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, place)
);

-- Who saw and changed what: a chain a subject, as custody has one a device.
CREATE TABLE audit_chains (
    subject_id uuid NOT NULL PRIMARY KEY, -- the person, application, wave … that it is about
    seq integer NOT NULL, -- of the last event
    head bytea NOT NULL -- its hash
);

CREATE TABLE audit_events (
    subject_id uuid NOT NULL REFERENCES audit_chains (subject_id),
    seq integer NOT NULL,
    id uuid NOT NULL UNIQUE,
    at timestamptz NOT NULL,
    action TEXT NOT NULL, -- the operation, as the OpenAPI document names it
    actor_id uuid REFERENCES people (id), -- none for the command line
    organisation_id uuid REFERENCES organisations (id),
    api_key_id uuid REFERENCES api_keys (id), -- when a machine asked
    network TEXT, -- from where, without the part that tells one machine from its neighbors
    detail TEXT NOT NULL, -- JSON, byte for byte as it was hashed
    prev_hash bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (subject_id, seq)
);
CREATE INDEX audit_events_by_actor ON audit_events (actor_id, id);

CREATE FUNCTION audit_events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_events is append-only';
END $$;
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_append_only();
