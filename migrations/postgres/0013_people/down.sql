DROP TABLE wave_hands;
ALTER TABLE custody_events DROP COLUMN operated_by;
ALTER TABLE custody_events DROP COLUMN api_key_id;
DROP TABLE badges;
CREATE TABLE sign_in_places (
    person_id uuid NOT NULL REFERENCES people (id),
    place bytea NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, place)
);
DROP TABLE known_devices;
ALTER TABLE sessions DROP COLUMN network;
ALTER TABLE sessions DROP COLUMN last_at;
ALTER TABLE sessions DROP COLUMN proven_at;
DROP INDEX api_keys_by_maker;
DROP INDEX people_by_mailbox;
ALTER TABLE people DROP COLUMN mailbox;
