DROP TABLE organisation_changes;
DROP INDEX organisations_by_postal_code;
DROP INDEX organisations_by_email_domain;
DROP INDEX organisations_by_core_key;
ALTER TABLE organisations DROP COLUMN email_domain;
ALTER TABLE organisations DROP COLUMN core_key;
ALTER TABLE organisations DROP COLUMN contact_phone;
ALTER TABLE organisations DROP COLUMN contact_email;
ALTER TABLE organisations DROP COLUMN representative;
