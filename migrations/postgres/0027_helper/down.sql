DROP INDEX applications_by_maker;
DROP TABLE helped_associations;

UPDATE people SET disabled = TRUE, role = 'donor' WHERE role = 'helper';
ALTER TABLE people DROP CONSTRAINT people_role_check;
ALTER TABLE people ADD CONSTRAINT people_role_check
    CHECK (role IN ('donor', 'refurbisher', 'association', 'staff', 'admin'));
