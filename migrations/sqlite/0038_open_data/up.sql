-- What is published as open data says more than the figures: who received what, and when. A kept
-- file is old once that changed: counted as 'given' of the programme, or, where it may be in the
-- files of any programme, as 'open' of nobody.

CREATE TRIGGER handovers_counts_update AFTER UPDATE OF status, completed_at, appointment_to ON handovers
    WHEN new.status <> old.status OR new.completed_at IS NOT old.completed_at
        OR new.appointment_to IS NOT old.appointment_to
BEGIN
    INSERT INTO device_counts
        SELECT 'given', w.programme_id, '', '', '', 1 FROM waves AS w WHERE w.id = new.wave_id
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;

-- what comes back is no award any more, and stays on its line
CREATE TRIGGER devices_given_returned AFTER UPDATE OF stage ON devices
    WHEN (new.stage = 'returned') <> (old.stage = 'returned')
BEGIN
    INSERT INTO device_counts
        SELECT 'given', w.programme_id, '', '', '', 1
        FROM wave_devices AS v CROSS JOIN waves AS w
        WHERE v.device_id = new.id AND v.cycle = old.cycle AND v.released_at IS NULL
            AND w.id = v.wave_id
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;

-- an association that registered twice is made one
CREATE TRIGGER wave_lines_given_update AFTER UPDATE OF association_id ON wave_lines
    WHEN new.association_id <> old.association_id
BEGIN
    INSERT INTO device_counts
        SELECT 'given', w.programme_id, '', '', '', 1 FROM waves AS w WHERE w.id = new.wave_id
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;

CREATE TRIGGER organisations_open_update AFTER UPDATE OF name, siret, rna ON organisations
    WHEN new.name <> old.name OR new.siret IS NOT old.siret OR new.rna IS NOT old.rna
BEGIN
    INSERT INTO device_counts VALUES ('open', zeroblob(16), '', '', '', 1)
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;

CREATE TRIGGER conventions_open_insert AFTER INSERT ON conventions
BEGIN
    INSERT INTO device_counts VALUES ('open', zeroblob(16), '', '', '', 1)
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;
CREATE TRIGGER conventions_open_update AFTER UPDATE ON conventions
BEGIN
    INSERT INTO device_counts VALUES ('open', zeroblob(16), '', '', '', 1)
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;
