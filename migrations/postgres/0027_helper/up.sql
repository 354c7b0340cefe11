-- Helpers: people of the city's desks who register associations and apply for them, and nothing else.

ALTER TABLE people DROP CONSTRAINT people_role_check;
ALTER TABLE people ADD CONSTRAINT people_role_check
    CHECK (role IN ('donor', 'refurbisher', 'association', 'helper', 'staff', 'admin'));

-- The helper who registered an association, and may apply for it.
CREATE TABLE helped_associations (
    association_id UUID NOT NULL PRIMARY KEY REFERENCES organisations (id),
    helper_id UUID NOT NULL REFERENCES people (id)
);
CREATE INDEX helped_associations_by_helper ON helped_associations (helper_id, association_id);
CREATE INDEX applications_by_maker ON applications (created_by, id);
