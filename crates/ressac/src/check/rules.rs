//! What `check` asks of the rows: for each rule a query that names the first row against it,
//! in SQL that both engines take. The database's own constraints and the use cases keep all
//! of these; a check is for what neither of them did.

/// Names and queries, in the order in which they are shown.
pub const RULES: [(&str, &str); 13] = [
    (
        "accessories in stock are those that came less those that went",
        "SELECT o.name || ', ' || s.kind || ': ' || CAST(s.quantity AS TEXT)
                || ' in stock, but its movements say otherwise' AS what
         FROM accessory_stock AS s
         JOIN organisations AS o ON o.id = s.workshop_id
         LEFT JOIN (SELECT workshop_id, kind, sum(delta) AS moved
                    FROM accessory_movements GROUP BY workshop_id, kind) AS m
             ON m.workshop_id = s.workshop_id AND m.kind = s.kind
         WHERE s.quantity < 0 OR s.quantity <> coalesce(m.moved, 0)
         LIMIT 1",
    ),
    (
        "parts in stock are those that came less those that went",
        "SELECT o.name || ', ' || s.kind || ' ' || s.label || ': ' || CAST(s.quantity AS TEXT)
                || ' in stock, but its movements say otherwise' AS what
         FROM part_stock AS s
         JOIN organisations AS o ON o.id = s.workshop_id
         LEFT JOIN (SELECT workshop_id, part_key, sum(delta) AS moved
                    FROM part_movements GROUP BY workshop_id, part_key) AS m
             ON m.workshop_id = s.workshop_id AND m.part_key = s.part_key
         WHERE s.quantity < 0 OR s.quantity <> coalesce(m.moved, 0)
         LIMIT 1",
    ),
    (
        "no device is awaited of a batch that is closed",
        "SELECT 'batch ' || b.reference || ' is closed, device ' || d.tag || ' is still expected' AS what
         FROM batches AS b JOIN devices AS d ON d.batch_id = b.id
         WHERE b.status = 'closed' AND d.stage = 'expected'
         LIMIT 1",
    ),
    (
        "no device came of a batch that was not accepted",
        "SELECT 'batch ' || b.reference || ' is ' || b.status || ', device ' || d.tag || ' is ' || d.stage AS what
         FROM batches AS b JOIN devices AS d ON d.batch_id = b.id
         WHERE b.status IN ('draft', 'submitted', 'refused') AND d.stage <> 'expected'
         LIMIT 1",
    ),
    (
        "a proof of erasure is for every drive that was seen",
        "SELECT 'device ' || d.tag || ' is proven, its drive ' || r.serial_key || ' is not' AS what
         FROM devices AS d JOIN drives AS r ON r.device_id = d.id AND r.cycle = d.cycle
         WHERE d.erasure_proven AND NOT r.proven
         LIMIT 1",
    ),
    (
        "a reserved device is on a line of a wave that was approved",
        "SELECT 'device ' || d.tag || ' is reserved on no line' AS what
         FROM devices AS d
         WHERE d.stage = 'reserved' AND NOT EXISTS (
             SELECT 1 FROM wave_devices AS v JOIN waves AS w ON w.id = v.wave_id
             WHERE v.device_id = d.id AND v.cycle = d.cycle AND v.released_at IS NULL
               AND w.status IN ('approved', 'handing_over', 'completed'))
         LIMIT 1",
    ),
    // of a wave that was called off, what had been handed over stays on its line; the rule before
    // this one finds what is still reserved there
    (
        "a device is on a line only if it was reserved for it",
        "SELECT 'device ' || d.tag || ' is ' || d.stage || ' and on a line of ' || w.name
                || ', which is ' || w.status AS what
         FROM wave_devices AS v
         JOIN waves AS w ON w.id = v.wave_id
         JOIN devices AS d ON d.id = v.device_id
         WHERE v.released_at IS NULL
           AND (w.status NOT IN ('approved', 'handing_over', 'completed', 'cancelled')
                OR (d.cycle = v.cycle AND d.stage NOT IN ('reserved', 'handed_over', 'returned')))
         LIMIT 1",
    ),
    (
        "a line of an approved wave has as many devices as it says",
        "SELECT 'line ' || CAST(l.rank AS TEXT) || ' of ' || w.name || ' says '
                || CAST(l.quantity AS TEXT) || ' devices and has '
                || CAST(coalesce(v.live, 0) AS TEXT) AS what
         FROM waves AS w
         JOIN wave_lines AS l ON l.wave_id = w.id
         LEFT JOIN (SELECT line_id, count(*) AS reserved,
                           sum(CASE WHEN released_at IS NULL THEN 1 ELSE 0 END) AS live
                    FROM wave_devices GROUP BY line_id) AS v ON v.line_id = l.id
         WHERE w.status IN ('approved', 'handing_over', 'completed')
           AND (coalesce(v.live, 0) > l.quantity OR coalesce(v.reserved, 0) < l.quantity)
         LIMIT 1",
    ),
    (
        "the handovers of a wave have the devices of its lines",
        "SELECT w.name || ' has ' || CAST(coalesce(v.live, 0) AS TEXT) || ' devices, its handovers '
                || CAST(h.devices AS TEXT) AS what
         FROM waves AS w
         JOIN (SELECT wave_id, sum(CASE WHEN status <> 'cancelled' THEN devices ELSE 0 END) AS devices
               FROM handovers GROUP BY wave_id) AS h ON h.wave_id = w.id
         LEFT JOIN (SELECT wave_id, count(*) AS live FROM wave_devices
                    WHERE released_at IS NULL GROUP BY wave_id) AS v ON v.wave_id = w.id
         WHERE h.devices <> coalesce(v.live, 0)
         LIMIT 1",
    ),
    (
        "devices are counted as they stand",
        "SELECT kind || ', ' || stage || ' ' || grade || ': ' || CAST(sum(devices) AS TEXT)
                || ' devices more than are counted' AS what
         FROM (SELECT kind, stage, coalesce(grade, '') AS grade, count(*) AS devices
               FROM devices
               WHERE NOT (stage = 'missing' AND manifest_line IS NULL AND received_at IS NULL)
               GROUP BY kind, stage, coalesce(grade, '')
               UNION ALL
               SELECT kind, stage, grade, -devices FROM device_counts WHERE side = 'all') AS both_ways
         GROUP BY kind, stage, grade HAVING sum(devices) <> 0
         LIMIT 1",
    ),
    (
        "devices are counted where they are and from whom they came",
        "SELECT side || ' ' || o.name || ', ' || both_ways.kind || ', ' || stage || ' ' || grade || ': '
                || CAST(sum(devices) AS TEXT) || ' devices more than are counted' AS what
         FROM (SELECT 'workshop' AS side, workshop_id AS holder, kind, stage,
                      coalesce(grade, '') AS grade, count(*) AS devices
               FROM devices WHERE workshop_id IS NOT NULL
                 AND NOT (stage = 'missing' AND manifest_line IS NULL AND received_at IS NULL)
               GROUP BY workshop_id, kind, stage, coalesce(grade, '')
               UNION ALL
               SELECT 'donor', donor_id, kind, stage, coalesce(grade, ''), count(*)
               FROM devices
               WHERE NOT (stage = 'missing' AND manifest_line IS NULL AND received_at IS NULL)
               GROUP BY donor_id, kind, stage, coalesce(grade, '')
               UNION ALL
               SELECT side, holder, kind, stage, grade, -devices FROM device_counts
               WHERE side IN ('workshop', 'donor')) AS both_ways
         JOIN organisations AS o ON o.id = holder
         GROUP BY side, o.name, holder, both_ways.kind, stage, grade HAVING sum(devices) <> 0
         LIMIT 1",
    ),
    (
        "devices that a programme gave are counted there",
        "SELECT p.name || ', ' || kind || ', ' || stage || ' ' || grade || ': '
                || CAST(sum(devices) AS TEXT) || ' devices more than are counted' AS what
         FROM (SELECT w.programme_id AS holder, d.kind AS kind, d.stage AS stage,
                      coalesce(d.grade, '') AS grade, count(*) AS devices
               FROM wave_devices AS v
               JOIN waves AS w ON w.id = v.wave_id
               JOIN devices AS d ON d.id = v.device_id AND d.cycle = v.cycle
               WHERE v.released_at IS NULL
               GROUP BY w.programme_id, d.kind, d.stage, coalesce(d.grade, '')
               UNION ALL
               SELECT holder, kind, stage, grade, -devices FROM device_counts
               WHERE side = 'programme') AS both_ways
         JOIN programmes AS p ON p.id = holder
         GROUP BY p.name, holder, kind, stage, grade HAVING sum(devices) <> 0
         LIMIT 1",
    ),
    (
        "what associations were given is counted",
        "SELECT o.name || ', ' || both_ways.kind || ': ' || CAST(sum(devices) AS TEXT)
                || ' devices more than are counted' AS what
         FROM (SELECT l.association_id AS holder, coalesce(l.kind, '') AS kind, count(*) AS devices
               FROM wave_devices AS v JOIN wave_lines AS l ON l.id = v.line_id
               WHERE v.released_at IS NULL
               GROUP BY l.association_id, coalesce(l.kind, '')
               UNION ALL
               SELECT holder, kind, -devices FROM device_counts WHERE side = 'award') AS both_ways
         JOIN organisations AS o ON o.id = holder
         GROUP BY o.name, holder, both_ways.kind HAVING sum(devices) <> 0
         LIMIT 1",
    ),
];
