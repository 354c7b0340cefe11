-- An appeal that is accepted has the project marked anew, by somebody else.

ALTER TABLE appeals ADD COLUMN marked_anew_at INTEGER; -- when nothing was left to mark anew
-- Appeals decided before were answered by their score at once.
UPDATE appeals SET marked_anew_at = decided_at WHERE outcome = 'overturned';

-- The appeal during which a mark was given, and when a mark stopped counting.
ALTER TABLE assessments ADD COLUMN appeal_id BLOB REFERENCES appeals (id);
ALTER TABLE assessments ADD COLUMN set_aside_at INTEGER;
CREATE INDEX assessments_by_appeal ON assessments (appeal_id);

-- A machine that nobody had announced turns out to be an announced one: the announced row is the
-- same machine, and is counted no more.
CREATE TRIGGER device_counts_merged AFTER UPDATE OF manifest_line ON devices
    WHEN old.manifest_line IS NOT NULL AND new.manifest_line IS NULL
        AND new.stage = 'missing' AND new.received_at IS NULL
BEGIN
    INSERT INTO device_counts VALUES
        ('all', zeroblob(16), new.kind, new.stage, coalesce(new.grade, ''), -1),
        ('workshop', coalesce(new.workshop_id, zeroblob(16)), new.kind, new.stage, coalesce(new.grade, ''), -1),
        ('donor', new.donor_id, new.kind, new.stage, coalesce(new.grade, ''), -1)
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;

-- How a lot was signed for: the hash of the signature, or why there is none.
ALTER TABLE handovers ADD COLUMN signature_sha256 TEXT;
ALTER TABLE handovers ADD COLUMN signature_waived TEXT;
-- Who collects it for the association, named by it beforehand.
ALTER TABLE handovers ADD COLUMN collector TEXT;
ALTER TABLE handovers ADD COLUMN collector_named_by BLOB REFERENCES people (id);
ALTER TABLE handovers ADD COLUMN collector_named_at INTEGER;
-- The city's decision to hand it over although the association is suspended meanwhile.
ALTER TABLE handovers ADD COLUMN allowed_reason TEXT;
ALTER TABLE handovers ADD COLUMN allowed_by BLOB REFERENCES people (id);
ALTER TABLE handovers ADD COLUMN allowed_at INTEGER;

-- Who answers for an organisation, and how it is reached.
ALTER TABLE organisations ADD COLUMN representative TEXT;
ALTER TABLE organisations ADD COLUMN contact_email TEXT;
ALTER TABLE organisations ADD COLUMN contact_phone TEXT;
-- By what a second registration of the same association is found: its name without the words that
-- every association has, and the domain of the address that registered it.
ALTER TABLE organisations ADD COLUMN core_key TEXT NOT NULL DEFAULT '';
ALTER TABLE organisations ADD COLUMN email_domain TEXT;
UPDATE organisations SET
    core_key = trim(replace(replace(replace(replace(replace(replace(' ' || name_key || ' ', ' association ', ' '), ' asso ', ' '), ' les ', ' '), ' le ', ' '), ' la ', ' '), ' l ', ' ')),
    email_domain = (SELECT substr(email, instr(email, '@') + 1) FROM people
                    WHERE people.organisation_id = organisations.id ORDER BY people.id LIMIT 1);
CREATE INDEX organisations_by_core_key ON organisations (core_key);
CREATE INDEX organisations_by_email_domain ON organisations (email_domain);
CREATE INDEX organisations_by_postal_code ON organisations (postal_code, kind);

-- What an organisation was until it was changed. Never changed itself.
CREATE TABLE organisation_changes (
    id BLOB NOT NULL PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    before TEXT NOT NULL, -- JSON: the fields that were changed, as they were
    reason TEXT,
    changed_by BLOB NOT NULL REFERENCES people (id),
    at INTEGER NOT NULL
);
CREATE INDEX organisation_changes_by_organisation ON organisation_changes (organisation_id, id);
CREATE TRIGGER organisation_changes_update BEFORE UPDATE ON organisation_changes
BEGIN
    SELECT RAISE(ABORT, 'organisation_changes is append-only');
END;
CREATE TRIGGER organisation_changes_delete BEFORE DELETE ON organisation_changes
BEGIN
    SELECT RAISE(ABORT, 'organisation_changes is append-only');
END;
