DROP INDEX IF EXISTS applications_by_part;
DROP INDEX IF EXISTS batches_by_part;
DROP INDEX IF EXISTS organisations_by_part;
DROP INDEX batches_by_author;
DROP INDEX organisations_by_status;
DROP INDEX organisations_of_kind;
ALTER TABLE applications DROP COLUMN search_key;
ALTER TABLE organisations DROP COLUMN search_key;
