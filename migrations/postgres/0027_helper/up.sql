-- Helpers: people of the city's desks who register associations and apply for them, and nothing else.

-- The column is made anew, as on the other engine, so that both have it in the same place.
DROP INDEX people_by_organisation;
DROP INDEX people_by_role;
ALTER TABLE people ADD COLUMN new_role TEXT NOT NULL DEFAULT 'donor'
    CHECK (new_role IN ('donor', 'refurbisher', 'association', 'helper', 'staff', 'admin'));
UPDATE people SET new_role = role;
ALTER TABLE people DROP COLUMN role;
ALTER TABLE people RENAME COLUMN new_role TO role;
CREATE INDEX people_by_organisation ON people (organisation_id, role);
CREATE INDEX people_by_role ON people (role);

-- The helper who registered an association, and may apply for it.
CREATE TABLE helped_associations (
    association_id UUID NOT NULL PRIMARY KEY REFERENCES organisations (id),
    helper_id UUID NOT NULL REFERENCES people (id)
);
CREATE INDEX helped_associations_by_helper ON helped_associations (helper_id, association_id);
CREATE INDEX applications_by_maker ON applications (created_by, id);
