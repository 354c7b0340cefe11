-- An appeal that is accepted has the project marked anew, by somebody else.

ALTER TABLE appeals ADD COLUMN marked_anew_at timestamptz; -- when nothing was left to mark anew
-- Appeals decided before were answered by their score at once.
UPDATE appeals SET marked_anew_at = decided_at WHERE outcome = 'overturned';

-- The appeal during which a mark was given, and when a mark stopped counting.
ALTER TABLE assessments ADD COLUMN appeal_id uuid REFERENCES appeals (id);
ALTER TABLE assessments ADD COLUMN set_aside_at timestamptz;
CREATE INDEX assessments_by_appeal ON assessments (appeal_id);

-- A machine that nobody had announced turns out to be an announced one: the announced row is the
-- same machine, and is counted no more.
CREATE FUNCTION device_counts_merged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO device_count_changes VALUES
        ('device', NULL, NEW.workshop_id, NEW.donor_id, NEW.kind, NEW.stage, coalesce(NEW.grade, ''), -1);
    RETURN NULL;
END $$;
CREATE TRIGGER device_counts_merged AFTER UPDATE OF manifest_line ON devices
    FOR EACH ROW WHEN (OLD.manifest_line IS NOT NULL AND NEW.manifest_line IS NULL
        AND NEW.stage = 'missing' AND NEW.received_at IS NULL)
    EXECUTE FUNCTION device_counts_merged();

-- How a lot was signed for: the hash of the signature, or why there is none.
ALTER TABLE handovers ADD COLUMN signature_sha256 TEXT;
ALTER TABLE handovers ADD COLUMN signature_waived TEXT;
-- Who collects it for the association, named by it beforehand.
ALTER TABLE handovers ADD COLUMN collector TEXT;
ALTER TABLE handovers ADD COLUMN collector_named_by uuid REFERENCES people (id);
ALTER TABLE handovers ADD COLUMN collector_named_at timestamptz;
-- The city's decision to hand it over although the association is suspended meanwhile.
ALTER TABLE handovers ADD COLUMN allowed_reason TEXT;
ALTER TABLE handovers ADD COLUMN allowed_by uuid REFERENCES people (id);
ALTER TABLE handovers ADD COLUMN allowed_at timestamptz;

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
    email_domain = (SELECT split_part(email, '@', 2) FROM people
                    WHERE people.organisation_id = organisations.id ORDER BY people.id LIMIT 1);
CREATE INDEX organisations_by_core_key ON organisations (core_key);
CREATE INDEX organisations_by_email_domain ON organisations (email_domain);
CREATE INDEX organisations_by_postal_code ON organisations (postal_code, kind);

-- What an organisation was until it was changed. Never changed itself.
CREATE TABLE organisation_changes (
    id uuid NOT NULL PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    before TEXT NOT NULL, -- JSON: the fields that were changed, as they were
    reason TEXT,
    changed_by uuid NOT NULL REFERENCES people (id),
    at timestamptz NOT NULL
);
CREATE INDEX organisation_changes_by_organisation ON organisation_changes (organisation_id, id);
CREATE FUNCTION organisation_changes_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'organisation_changes is append-only';
END $$;
CREATE TRIGGER organisation_changes_append_only BEFORE UPDATE OR DELETE ON organisation_changes
    FOR EACH ROW EXECUTE FUNCTION organisation_changes_append_only();
