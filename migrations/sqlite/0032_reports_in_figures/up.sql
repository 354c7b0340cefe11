-- What associations say became of a lot is in the figures of its programme: a kept answer is old
-- once another report is there.
CREATE TRIGGER obligations_counts_update AFTER UPDATE OF report ON obligations
    WHEN new.report IS NOT NULL AND new.handover_id IS NOT NULL
BEGIN
    INSERT INTO device_counts
        SELECT 'given', w.programme_id, '', '', '', 1
        FROM handovers AS h CROSS JOIN waves AS w
        WHERE h.id = new.handover_id AND w.id = h.wave_id
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;
