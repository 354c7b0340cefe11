-- How many devices stand where, kept by the transactions that move them: neither public figures
-- nor a desk's counts go through the devices. `ressac check` counts again and compares.

CREATE TABLE device_counts (
    -- what is counted: all devices; those of a workshop, a donor or a programme's waves; what an
    -- association was given in a year of Paris ('award', the year in place of the stage; at the
    -- turn of a year Paris is an hour ahead); or the changes of what a programme gave ('given'),
    -- by which a kept answer knows that it is old
    side TEXT NOT NULL,
    holder BLOB NOT NULL, -- the id; zeros for none
    kind TEXT NOT NULL,
    stage TEXT NOT NULL,
    grade TEXT NOT NULL, -- empty for none
    devices INTEGER NOT NULL,
    PRIMARY KEY (side, holder, kind, stage, grade)
) WITHOUT ROWID;

INSERT INTO device_counts
    SELECT 'all', zeroblob(16), kind, stage, coalesce(grade, ''), count(*)
    FROM devices GROUP BY kind, stage, coalesce(grade, '');
INSERT INTO device_counts
    SELECT 'workshop', coalesce(workshop_id, zeroblob(16)), kind, stage, coalesce(grade, ''), count(*)
    FROM devices GROUP BY coalesce(workshop_id, zeroblob(16)), kind, stage, coalesce(grade, '');
INSERT INTO device_counts
    SELECT 'donor', donor_id, kind, stage, coalesce(grade, ''), count(*)
    FROM devices GROUP BY donor_id, kind, stage, coalesce(grade, '');
INSERT INTO device_counts
    SELECT 'programme', w.programme_id, d.kind, d.stage, coalesce(d.grade, ''), count(*)
    FROM wave_devices AS v
    JOIN waves AS w ON w.id = v.wave_id
    JOIN devices AS d ON d.id = v.device_id AND d.cycle = v.cycle
    WHERE v.released_at IS NULL
    GROUP BY w.programme_id, d.kind, d.stage, coalesce(d.grade, '');

INSERT INTO device_counts
    SELECT 'award', l.association_id, coalesce(l.kind, ''), strftime('%Y', v.reserved_at / 1000000 + 3600, 'unixepoch'), '', count(*)
    FROM wave_devices AS v JOIN wave_lines AS l ON l.id = v.line_id
    WHERE v.released_at IS NULL
    GROUP BY l.association_id, coalesce(l.kind, ''), strftime('%Y', v.reserved_at / 1000000 + 3600, 'unixepoch');

CREATE TRIGGER device_counts_insert AFTER INSERT ON devices
BEGIN
    INSERT INTO device_counts VALUES
        ('all', zeroblob(16), new.kind, new.stage, coalesce(new.grade, ''), 1),
        ('workshop', coalesce(new.workshop_id, zeroblob(16)), new.kind, new.stage, coalesce(new.grade, ''), 1),
        ('donor', new.donor_id, new.kind, new.stage, coalesce(new.grade, ''), 1)
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;
CREATE TRIGGER device_counts_delete AFTER DELETE ON devices
BEGIN
    INSERT INTO device_counts VALUES
        ('all', zeroblob(16), old.kind, old.stage, coalesce(old.grade, ''), -1),
        ('workshop', coalesce(old.workshop_id, zeroblob(16)), old.kind, old.stage, coalesce(old.grade, ''), -1),
        ('donor', old.donor_id, old.kind, old.stage, coalesce(old.grade, ''), -1)
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;
CREATE TRIGGER device_counts_update AFTER UPDATE OF kind, stage, grade, workshop_id, donor_id ON devices
    WHEN new.kind <> old.kind OR new.stage <> old.stage OR new.grade IS NOT old.grade
        OR new.workshop_id IS NOT old.workshop_id OR new.donor_id <> old.donor_id
BEGIN
    INSERT INTO device_counts VALUES
        ('all', zeroblob(16), old.kind, old.stage, coalesce(old.grade, ''), -1),
        ('all', zeroblob(16), new.kind, new.stage, coalesce(new.grade, ''), 1),
        ('workshop', coalesce(old.workshop_id, zeroblob(16)), old.kind, old.stage, coalesce(old.grade, ''), -1),
        ('workshop', coalesce(new.workshop_id, zeroblob(16)), new.kind, new.stage, coalesce(new.grade, ''), 1),
        ('donor', old.donor_id, old.kind, old.stage, coalesce(old.grade, ''), -1),
        ('donor', new.donor_id, new.kind, new.stage, coalesce(new.grade, ''), 1)
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;

-- On a line in its present life a device is reserved, handed over or returned, and before and
-- after that in one of these for a moment within a transaction.
CREATE TRIGGER device_counts_given AFTER UPDATE OF kind, stage, grade, cycle ON devices
    WHEN (old.stage IN ('reserved', 'handed_over', 'returned')
            OR new.stage IN ('reserved', 'handed_over', 'returned'))
        AND (new.kind <> old.kind OR new.stage <> old.stage OR new.grade IS NOT old.grade
            OR new.cycle <> old.cycle)
BEGIN
    INSERT INTO device_counts
        SELECT 'programme', w.programme_id, old.kind, old.stage, coalesce(old.grade, ''), -1
        FROM wave_devices AS v CROSS JOIN waves AS w ON w.id = v.wave_id
        WHERE v.device_id = old.id AND v.cycle = old.cycle AND v.released_at IS NULL
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
    INSERT INTO device_counts
        SELECT 'programme', w.programme_id, new.kind, new.stage, coalesce(new.grade, ''), 1
        FROM wave_devices AS v CROSS JOIN waves AS w ON w.id = v.wave_id
        WHERE v.device_id = new.id AND v.cycle = new.cycle AND v.released_at IS NULL
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;

CREATE TRIGGER wave_devices_counts_insert AFTER INSERT ON wave_devices WHEN new.released_at IS NULL
BEGIN
    INSERT INTO device_counts
        SELECT 'programme', w.programme_id, d.kind, d.stage, coalesce(d.grade, ''), 1
        FROM waves AS w CROSS JOIN devices AS d
        WHERE w.id = new.wave_id AND d.id = new.device_id AND d.cycle = new.cycle
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
    INSERT INTO device_counts
        SELECT 'award', l.association_id, coalesce(l.kind, ''), strftime('%Y', new.reserved_at / 1000000 + 3600, 'unixepoch'), '', 1
        FROM wave_lines AS l WHERE l.id = new.line_id
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
    INSERT INTO device_counts
        SELECT 'given', w.programme_id, '', '', '', 1 FROM waves AS w WHERE w.id = new.wave_id
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;
CREATE TRIGGER wave_devices_counts_update AFTER UPDATE OF released_at ON wave_devices
    WHEN (new.released_at IS NULL) <> (old.released_at IS NULL)
BEGIN
    INSERT INTO device_counts
        SELECT 'programme', w.programme_id, d.kind, d.stage, coalesce(d.grade, ''),
            CASE WHEN new.released_at IS NULL THEN 1 ELSE -1 END
        FROM waves AS w CROSS JOIN devices AS d
        WHERE w.id = new.wave_id AND d.id = new.device_id AND d.cycle = new.cycle
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
    INSERT INTO device_counts
        SELECT 'award', l.association_id, coalesce(l.kind, ''), strftime('%Y', new.reserved_at / 1000000 + 3600, 'unixepoch'), '',
            CASE WHEN new.released_at IS NULL THEN 1 ELSE -1 END
        FROM wave_lines AS l WHERE l.id = new.line_id
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
    INSERT INTO device_counts
        SELECT 'given', w.programme_id, '', '', '', 1 FROM waves AS w WHERE w.id = new.wave_id
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;

-- an association that registered twice is made one
CREATE TRIGGER wave_lines_counts_update AFTER UPDATE OF association_id, kind ON wave_lines
    WHEN new.association_id <> old.association_id OR new.kind IS NOT old.kind
BEGIN
    INSERT INTO device_counts
        SELECT 'award', old.association_id, coalesce(old.kind, ''), strftime('%Y', v.reserved_at / 1000000 + 3600, 'unixepoch'), '', -count(*)
        FROM wave_devices AS v WHERE v.line_id = old.id AND v.released_at IS NULL
        GROUP BY strftime('%Y', v.reserved_at / 1000000 + 3600, 'unixepoch')
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
    INSERT INTO device_counts
        SELECT 'award', new.association_id, coalesce(new.kind, ''), strftime('%Y', v.reserved_at / 1000000 + 3600, 'unixepoch'), '', count(*)
        FROM wave_devices AS v WHERE v.line_id = new.id AND v.released_at IS NULL
        GROUP BY strftime('%Y', v.reserved_at / 1000000 + 3600, 'unixepoch')
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;

CREATE TRIGGER waves_counts_update AFTER UPDATE OF name, status, approved_at ON waves
BEGIN
    INSERT INTO device_counts VALUES ('given', new.programme_id, '', '', '', 1)
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;
-- where associations are: in the figures of every programme
CREATE TRIGGER organisations_counts_update AFTER UPDATE OF postal_code, commune ON organisations
    WHEN new.postal_code <> old.postal_code OR new.commune <> old.commune
BEGIN
    INSERT INTO device_counts VALUES ('given', zeroblob(16), '', '', '', 1)
    ON CONFLICT DO UPDATE SET devices = devices + excluded.devices;
END;
