-- What is published as open data says more than the figures: who received what, and when. A kept
-- file is old once that changed: counted as 'given' of the programme, or, where it may be in the
-- files of any programme, as 'open' of nobody.

CREATE FUNCTION given_of_wave_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO device_count_changes
        SELECT 'given', w.programme_id, NULL, NULL, '', '', '', 1
        FROM waves AS w WHERE w.id = NEW.wave_id;
    RETURN NULL;
END $$;
CREATE TRIGGER handovers_counts_update AFTER UPDATE OF status, completed_at, appointment_to ON handovers
    FOR EACH ROW WHEN (NEW.status <> OLD.status OR NEW.completed_at IS DISTINCT FROM OLD.completed_at
        OR NEW.appointment_to IS DISTINCT FROM OLD.appointment_to)
    EXECUTE FUNCTION given_of_wave_changed();

-- what comes back is no award any more, and stays on its line
CREATE FUNCTION devices_given_returned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO device_count_changes
        SELECT 'given', w.programme_id, NULL::uuid, NULL::uuid, '', '', '', 1
        FROM wave_devices AS v JOIN waves AS w ON w.id = v.wave_id
        WHERE v.device_id = NEW.id AND v.cycle = OLD.cycle AND v.released_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER devices_given_returned AFTER UPDATE OF stage ON devices
    FOR EACH ROW WHEN ((NEW.stage = 'returned') <> (OLD.stage = 'returned'))
    EXECUTE FUNCTION devices_given_returned();

-- an association that registered twice is made one
CREATE TRIGGER wave_lines_given_update AFTER UPDATE OF association_id ON wave_lines
    FOR EACH ROW WHEN (NEW.association_id <> OLD.association_id)
    EXECUTE FUNCTION given_of_wave_changed();

CREATE FUNCTION open_data_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO device_count_changes VALUES
        ('open', '00000000-0000-0000-0000-000000000000', NULL, NULL, '', '', '', 1);
    RETURN NULL;
END $$;
CREATE TRIGGER organisations_open_update AFTER UPDATE OF name, siret, rna ON organisations
    FOR EACH ROW WHEN (NEW.name <> OLD.name OR NEW.siret IS DISTINCT FROM OLD.siret
        OR NEW.rna IS DISTINCT FROM OLD.rna)
    EXECUTE FUNCTION open_data_changed();
CREATE TRIGGER conventions_open_update AFTER INSERT OR UPDATE ON conventions
    FOR EACH ROW EXECUTE FUNCTION open_data_changed();
