-- What associations say became of a lot is in the figures of its programme: a kept answer is old
-- once another report is there.
CREATE FUNCTION obligations_counts_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO device_count_changes
        SELECT 'given', w.programme_id, NULL, NULL, '', '', '', 1
        FROM handovers AS h JOIN waves AS w ON w.id = h.wave_id
        WHERE h.id = NEW.handover_id;
    RETURN NULL;
END $$;
CREATE TRIGGER obligations_counts_update AFTER UPDATE OF report ON obligations
    FOR EACH ROW WHEN (NEW.report IS NOT NULL AND NEW.handover_id IS NOT NULL)
    EXECUTE FUNCTION obligations_counts_changed();
