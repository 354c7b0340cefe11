-- Whether an association agreed, by its own people, to be on the public list of equipped places.
ALTER TABLE organisations ADD COLUMN listed BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX organisations_listed ON organisations (id) WHERE listed;

-- the list is old once one of these changed
CREATE TRIGGER organisations_listed_update
    AFTER UPDATE OF listed, status, address, postal_code, commune, commune_code ON organisations
    WHEN (new.listed OR old.listed) AND (new.listed <> old.listed OR new.status <> old.status
        OR new.address <> old.address OR new.postal_code <> old.postal_code
        OR new.commune <> old.commune OR new.commune_code IS NOT old.commune_code)
BEGIN
    INSERT INTO device_counts VALUES ('open', zeroblob(16), '', '', '', 1)
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;
