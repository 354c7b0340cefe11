-- What the city's desk reads of waves, and what it asks to be approved.

-- Each time that a plan was submitted: the plan, with what settings, the message to whoever approves
-- it, and why it was sent back.
CREATE TABLE wave_submissions (
    wave_id uuid NOT NULL REFERENCES waves (id),
    number INTEGER NOT NULL, -- from 1
    digest TEXT NOT NULL,
    message TEXT,
    settings TEXT NOT NULL, -- JSON
    awards TEXT NOT NULL, -- JSON list
    submitted_by uuid NOT NULL REFERENCES people (id),
    submitted_at timestamptz NOT NULL,
    returned_by uuid REFERENCES people (id),
    returned_at timestamptz,
    returned_reason TEXT,
    PRIMARY KEY (wave_id, number)
);

-- The ranking, in its order.
CREATE INDEX applications_by_score
    ON applications (programme_id, status, score DESC, (fragility IS NULL), fragility DESC, submitted_at, id);
-- What waves may give.
CREATE INDEX devices_ready ON devices (kind, batch_id, grade, workshop_id) WHERE stage = 'ready';
-- The calendar of handovers.
CREATE INDEX handovers_by_day ON handovers (appointment_from, id) WHERE appointment_from IS NOT NULL;
