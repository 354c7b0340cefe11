DROP INDEX organisations_by_name;
DROP TABLE registration_cases;
ALTER TABLE organisations DROP COLUMN register_check;
DROP TABLE register_loads;
DROP TABLE register_rna;
