DROP INDEX applications_by_maker;
DROP TABLE helped_associations;

DROP INDEX people_by_organisation;
DROP INDEX people_by_role;
ALTER TABLE people ADD COLUMN old_role TEXT NOT NULL DEFAULT 'donor'
    CHECK (old_role IN ('donor', 'refurbisher', 'association', 'staff', 'admin'));
UPDATE people SET disabled = TRUE WHERE role = 'helper';
UPDATE people SET old_role = role WHERE role <> 'helper';
ALTER TABLE people DROP COLUMN role;
ALTER TABLE people RENAME COLUMN old_role TO role;
CREATE INDEX people_by_organisation ON people (organisation_id, role);
CREATE INDEX people_by_role ON people (role);
