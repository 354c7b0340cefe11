-- How many devices stand where, kept by the transactions that move them: neither public figures
-- nor a desk's counts go through the devices. `ressac check` counts again and compares.
--
-- Everyone who scans would wait for one row of a count. So a transaction only adds what it
-- changed, and reads nothing; a job adds these changes to the sums; `device_counts` is both.

CREATE TABLE device_count_sums (
    -- what is counted: all devices; those of a workshop, a donor or a programme's waves; what an
    -- association was given in a year of Paris ('award', the year in place of the stage; at the
    -- turn of a year Paris is an hour ahead); or the changes of what a programme gave ('given'),
    -- by which a kept answer knows that it is old
    side TEXT NOT NULL,
    holder uuid NOT NULL, -- the id; zeros for none
    kind TEXT NOT NULL,
    stage TEXT NOT NULL,
    grade TEXT NOT NULL, -- empty for none
    devices BIGINT NOT NULL,
    PRIMARY KEY (side, holder, kind, stage, grade)
);

CREATE TABLE device_count_changes (
    side TEXT NOT NULL, -- 'device' for the first three
    holder uuid,
    workshop_id uuid,
    donor_id uuid,
    kind TEXT NOT NULL,
    stage TEXT NOT NULL,
    grade TEXT NOT NULL,
    devices BIGINT NOT NULL
);

CREATE VIEW device_count_changes_by_side AS
    SELECT s.side, s.holder, c.kind, c.stage, c.grade, c.devices
    FROM device_count_changes AS c
    CROSS JOIN LATERAL (VALUES
        ('all', '00000000-0000-0000-0000-000000000000'::uuid),
        ('workshop', coalesce(c.workshop_id, '00000000-0000-0000-0000-000000000000'::uuid)),
        ('donor', c.donor_id)) AS s (side, holder)
    WHERE c.side = 'device'
    UNION ALL
    SELECT side, holder, kind, stage, grade, devices
    FROM device_count_changes WHERE side <> 'device';

CREATE VIEW device_counts AS
    SELECT side, holder, kind, stage, grade, sum(devices)::bigint AS devices
    FROM (SELECT side, holder, kind, stage, grade, devices FROM device_count_sums
          UNION ALL
          SELECT side, holder, kind, stage, grade, devices FROM device_count_changes_by_side) AS kept
    GROUP BY side, holder, kind, stage, grade;

-- Adds the changes to the sums. One at a time; it sees what was committed, and waits for nobody
-- who scans.
CREATE FUNCTION fold_device_counts() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('fold_device_counts'));
    WITH gone AS (DELETE FROM device_count_changes RETURNING *),
    by_side AS (
        SELECT s.side, s.holder, c.kind, c.stage, c.grade, c.devices
        FROM gone AS c
        CROSS JOIN LATERAL (VALUES
            ('all', '00000000-0000-0000-0000-000000000000'::uuid),
            ('workshop', coalesce(c.workshop_id, '00000000-0000-0000-0000-000000000000'::uuid)),
            ('donor', c.donor_id)) AS s (side, holder)
        WHERE c.side = 'device'
        UNION ALL
        SELECT side, holder, kind, stage, grade, devices FROM gone WHERE side <> 'device')
    INSERT INTO device_count_sums
        SELECT side, holder, kind, stage, grade, sum(devices)
        FROM by_side GROUP BY side, holder, kind, stage, grade
    ON CONFLICT (side, holder, kind, stage, grade)
        DO UPDATE SET devices = device_count_sums.devices + excluded.devices;
END $$;

INSERT INTO device_count_changes
    SELECT 'device', NULL, workshop_id, donor_id, kind, stage, coalesce(grade, ''), count(*)
    FROM devices GROUP BY workshop_id, donor_id, kind, stage, coalesce(grade, '');
INSERT INTO device_count_changes
    SELECT 'programme', w.programme_id, NULL, NULL, d.kind, d.stage, coalesce(d.grade, ''), count(*)
    FROM wave_devices AS v
    JOIN waves AS w ON w.id = v.wave_id
    JOIN devices AS d ON d.id = v.device_id AND d.cycle = v.cycle
    WHERE v.released_at IS NULL
    GROUP BY w.programme_id, d.kind, d.stage, coalesce(d.grade, '');
INSERT INTO device_count_changes
    SELECT 'award', l.association_id, NULL, NULL, coalesce(l.kind, ''), to_char((v.reserved_at + interval '1 hour') AT TIME ZONE 'UTC', 'YYYY'), '', count(*)
    FROM wave_devices AS v JOIN wave_lines AS l ON l.id = v.line_id
    WHERE v.released_at IS NULL
    GROUP BY l.association_id, coalesce(l.kind, ''), to_char((v.reserved_at + interval '1 hour') AT TIME ZONE 'UTC', 'YYYY');
SELECT fold_device_counts();

CREATE FUNCTION device_counts_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO device_count_changes
        SELECT 'device', NULL, workshop_id, donor_id, kind, stage, coalesce(grade, ''), count(*)
        FROM added GROUP BY workshop_id, donor_id, kind, stage, coalesce(grade, '');
    RETURN NULL;
END $$;
CREATE TRIGGER device_counts_insert AFTER INSERT ON devices
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION device_counts_added();

CREATE FUNCTION device_counts_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO device_count_changes
        SELECT 'device', NULL, workshop_id, donor_id, kind, stage, coalesce(grade, ''), -count(*)
        FROM taken GROUP BY workshop_id, donor_id, kind, stage, coalesce(grade, '');
    RETURN NULL;
END $$;
CREATE TRIGGER device_counts_delete AFTER DELETE ON devices
    REFERENCING OLD TABLE AS taken FOR EACH STATEMENT EXECUTE FUNCTION device_counts_taken();

CREATE FUNCTION device_counts_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO device_count_changes VALUES
        ('device', NULL, OLD.workshop_id, OLD.donor_id, OLD.kind, OLD.stage, coalesce(OLD.grade, ''), -1),
        ('device', NULL, NEW.workshop_id, NEW.donor_id, NEW.kind, NEW.stage, coalesce(NEW.grade, ''), 1);
    RETURN NULL;
END $$;
CREATE TRIGGER device_counts_update AFTER UPDATE OF kind, stage, grade, workshop_id, donor_id ON devices
    FOR EACH ROW WHEN (NEW.kind <> OLD.kind OR NEW.stage <> OLD.stage
        OR NEW.grade IS DISTINCT FROM OLD.grade OR NEW.workshop_id IS DISTINCT FROM OLD.workshop_id
        OR NEW.donor_id <> OLD.donor_id)
    EXECUTE FUNCTION device_counts_moved();

-- On a line in its present life a device is reserved, handed over or returned, and before and
-- after that in one of these for a moment within a transaction.
CREATE FUNCTION device_counts_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO device_count_changes
        SELECT 'programme', w.programme_id, NULL::uuid, NULL::uuid, OLD.kind, OLD.stage, coalesce(OLD.grade, ''), -1
        FROM wave_devices AS v JOIN waves AS w ON w.id = v.wave_id
        WHERE v.device_id = OLD.id AND v.cycle = OLD.cycle AND v.released_at IS NULL
        UNION ALL
        SELECT 'programme', w.programme_id, NULL::uuid, NULL::uuid, NEW.kind, NEW.stage, coalesce(NEW.grade, ''), 1
        FROM wave_devices AS v JOIN waves AS w ON w.id = v.wave_id
        WHERE v.device_id = NEW.id AND v.cycle = NEW.cycle AND v.released_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER device_counts_given AFTER UPDATE OF kind, stage, grade, cycle ON devices
    FOR EACH ROW WHEN ((OLD.stage IN ('reserved', 'handed_over', 'returned')
            OR NEW.stage IN ('reserved', 'handed_over', 'returned'))
        AND (NEW.kind <> OLD.kind OR NEW.stage <> OLD.stage OR NEW.grade IS DISTINCT FROM OLD.grade
            OR NEW.cycle <> OLD.cycle))
    EXECUTE FUNCTION device_counts_given();

CREATE FUNCTION wave_devices_counts_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO device_count_changes
        SELECT 'programme', w.programme_id, NULL, NULL, d.kind, d.stage, coalesce(d.grade, ''), count(*)
        FROM added AS v
        JOIN waves AS w ON w.id = v.wave_id
        JOIN devices AS d ON d.id = v.device_id AND d.cycle = v.cycle
        WHERE v.released_at IS NULL
        GROUP BY w.programme_id, d.kind, d.stage, coalesce(d.grade, '');
    INSERT INTO device_count_changes
        SELECT 'award', l.association_id, NULL, NULL, coalesce(l.kind, ''), to_char((v.reserved_at + interval '1 hour') AT TIME ZONE 'UTC', 'YYYY'), '', count(*)
        FROM added AS v JOIN wave_lines AS l ON l.id = v.line_id
        WHERE v.released_at IS NULL
        GROUP BY l.association_id, coalesce(l.kind, ''), to_char((v.reserved_at + interval '1 hour') AT TIME ZONE 'UTC', 'YYYY');
    INSERT INTO device_count_changes
        SELECT 'given', w.programme_id, NULL, NULL, '', '', '', count(*)
        FROM added AS v JOIN waves AS w ON w.id = v.wave_id
        WHERE v.released_at IS NULL GROUP BY w.programme_id;
    RETURN NULL;
END $$;
CREATE TRIGGER wave_devices_counts_insert AFTER INSERT ON wave_devices
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION wave_devices_counts_added();

CREATE FUNCTION wave_devices_counts_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO device_count_changes
        SELECT 'programme', w.programme_id, NULL, NULL, d.kind, d.stage, coalesce(d.grade, ''),
            sum(CASE WHEN n.released_at IS NULL THEN 1 ELSE -1 END)
        FROM after_it AS n
        JOIN before_it AS o ON o.wave_id = n.wave_id AND o.device_id = n.device_id
        JOIN waves AS w ON w.id = n.wave_id
        JOIN devices AS d ON d.id = n.device_id AND d.cycle = n.cycle
        WHERE (n.released_at IS NULL) <> (o.released_at IS NULL)
        GROUP BY w.programme_id, d.kind, d.stage, coalesce(d.grade, '');
    INSERT INTO device_count_changes
        SELECT 'award', l.association_id, NULL, NULL, coalesce(l.kind, ''), to_char((n.reserved_at + interval '1 hour') AT TIME ZONE 'UTC', 'YYYY'), '',
            sum(CASE WHEN n.released_at IS NULL THEN 1 ELSE -1 END)
        FROM after_it AS n
        JOIN before_it AS o ON o.wave_id = n.wave_id AND o.device_id = n.device_id
        JOIN wave_lines AS l ON l.id = n.line_id
        WHERE (n.released_at IS NULL) <> (o.released_at IS NULL)
        GROUP BY l.association_id, coalesce(l.kind, ''), to_char((n.reserved_at + interval '1 hour') AT TIME ZONE 'UTC', 'YYYY');
    INSERT INTO device_count_changes
        SELECT 'given', w.programme_id, NULL, NULL, '', '', '', count(*)
        FROM after_it AS n JOIN waves AS w ON w.id = n.wave_id GROUP BY w.programme_id;
    RETURN NULL;
END $$;
CREATE TRIGGER wave_devices_counts_update AFTER UPDATE ON wave_devices
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION wave_devices_counts_changed();

-- an association that registered twice is made one
CREATE FUNCTION wave_lines_counts_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO device_count_changes
        SELECT 'award', OLD.association_id, NULL::uuid, NULL::uuid, coalesce(OLD.kind, ''), to_char((v.reserved_at + interval '1 hour') AT TIME ZONE 'UTC', 'YYYY'), '', -count(*)
        FROM wave_devices AS v WHERE v.line_id = OLD.id AND v.released_at IS NULL
        GROUP BY to_char((v.reserved_at + interval '1 hour') AT TIME ZONE 'UTC', 'YYYY')
        UNION ALL
        SELECT 'award', NEW.association_id, NULL::uuid, NULL::uuid, coalesce(NEW.kind, ''), to_char((v.reserved_at + interval '1 hour') AT TIME ZONE 'UTC', 'YYYY'), '', count(*)
        FROM wave_devices AS v WHERE v.line_id = NEW.id AND v.released_at IS NULL
        GROUP BY to_char((v.reserved_at + interval '1 hour') AT TIME ZONE 'UTC', 'YYYY');
    RETURN NULL;
END $$;
CREATE TRIGGER wave_lines_counts_update AFTER UPDATE OF association_id, kind ON wave_lines
    FOR EACH ROW WHEN (NEW.association_id <> OLD.association_id OR NEW.kind IS DISTINCT FROM OLD.kind)
    EXECUTE FUNCTION wave_lines_counts_changed();

CREATE FUNCTION waves_counts_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO device_count_changes VALUES ('given', NEW.programme_id, NULL, NULL, '', '', '', 1);
    RETURN NULL;
END $$;
CREATE TRIGGER waves_counts_update AFTER UPDATE OF name, status, approved_at ON waves
    FOR EACH ROW EXECUTE FUNCTION waves_counts_changed();

-- where associations are: in the figures of every programme
CREATE FUNCTION organisations_counts_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO device_count_changes VALUES
        ('given', '00000000-0000-0000-0000-000000000000', NULL, NULL, '', '', '', 1);
    RETURN NULL;
END $$;
CREATE TRIGGER organisations_counts_update AFTER UPDATE OF postal_code, commune ON organisations
    FOR EACH ROW WHEN (NEW.postal_code <> OLD.postal_code OR NEW.commune <> OLD.commune)
    EXECUTE FUNCTION organisations_counts_changed();
