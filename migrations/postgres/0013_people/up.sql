-- Who is on the line: machines as principals of their own, sessions that are seen and end, known devices.

-- The mailbox behind an address: without what stands after a plus sign.
ALTER TABLE people ADD COLUMN mailbox TEXT NOT NULL DEFAULT '';
UPDATE people SET mailbox = CASE WHEN email LIKE '%+%@%'
    THEN substr(email, 1, length(email) - length(ltrim(email, replace(email, '+', ''))))
        || substr(email, length(rtrim(email, replace(email, '@', ''))))
    ELSE email END;
CREATE INDEX people_by_mailbox ON people (mailbox);

-- What somebody made, when they leave or have a new password.
CREATE INDEX api_keys_by_maker ON api_keys (created_by);

ALTER TABLE sessions ADD COLUMN proven_at timestamptz; -- when its person last gave the password, and a code
ALTER TABLE sessions ADD COLUMN last_at timestamptz; -- when it was last refreshed
ALTER TABLE sessions ADD COLUMN network TEXT; -- from where it was opened, without the part that tells machines apart

-- Devices from which somebody signed in before, by a random token that they keep; only its hash
-- is kept here. Strangers who try an account from elsewhere do not lock these out.
CREATE TABLE known_devices (
    person_id uuid NOT NULL REFERENCES people (id),
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, token_hash)
);
DROP TABLE sign_in_places;

-- A card that says who stands at a station; only the hash of what is printed on it is kept.
CREATE TABLE badges (
    person_id uuid NOT NULL PRIMARY KEY REFERENCES people (id),
    token_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);

-- The machine's key that logged a line, and who stood at the machine if anybody was named.
ALTER TABLE custody_events ADD COLUMN api_key_id uuid REFERENCES api_keys (id);
ALTER TABLE custody_events ADD COLUMN operated_by uuid REFERENCES people (id);

-- Everybody who ever set or removed a pin of a wave, also one that another took the place of:
-- none of them approves it.
CREATE TABLE wave_hands (
    wave_id uuid NOT NULL REFERENCES waves (id),
    actor_id uuid NOT NULL REFERENCES people (id),
    PRIMARY KEY (wave_id, actor_id)
);
INSERT INTO wave_hands (wave_id, actor_id) SELECT DISTINCT wave_id, actor_id FROM wave_pins;
