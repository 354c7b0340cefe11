DROP TRIGGER organisations_listed_update ON organisations;
DROP INDEX organisations_listed;
ALTER TABLE organisations DROP COLUMN listed;
