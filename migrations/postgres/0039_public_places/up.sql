-- Whether an association agreed, by its own people, to be on the public list of equipped places.
ALTER TABLE organisations ADD COLUMN listed BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX organisations_listed ON organisations (id) WHERE listed;

-- the list is old once one of these changed
CREATE TRIGGER organisations_listed_update
    AFTER UPDATE OF listed, status, address, postal_code, commune, commune_code ON organisations
    FOR EACH ROW WHEN ((NEW.listed OR OLD.listed) AND (NEW.listed <> OLD.listed
        OR NEW.status <> OLD.status OR NEW.address <> OLD.address
        OR NEW.postal_code <> OLD.postal_code OR NEW.commune <> OLD.commune
        OR NEW.commune_code IS DISTINCT FROM OLD.commune_code))
    EXECUTE FUNCTION open_data_changed();
