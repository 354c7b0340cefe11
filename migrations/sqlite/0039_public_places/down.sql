DROP TRIGGER organisations_listed_update;
DROP INDEX organisations_listed;
ALTER TABLE organisations DROP COLUMN listed;
