-- What goes on after a lot was handed over: a device breaks, or is not needed any more.

-- Months after the handover in which a device that breaks is repaired or replaced.
ALTER TABLE programmes ADD COLUMN guarantee_months INTEGER NOT NULL DEFAULT 6
    CHECK (guarantee_months BETWEEN 0 AND 60);

CREATE TABLE incidents (
    id BLOB NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    handover_id BLOB NOT NULL REFERENCES handovers (id),
    association_id BLOB NOT NULL REFERENCES organisations (id), -- who has the device
    device_id BLOB NOT NULL REFERENCES devices (id),
    cycle INTEGER NOT NULL, -- the life of the device in which it was given
    kind TEXT NOT NULL CHECK (kind IN ('broken', 'not_needed')),
    description TEXT NOT NULL,
    guaranteed BOOLEAN NOT NULL, -- it broke within the guarantee
    reported_by BLOB NOT NULL REFERENCES people (id),
    reported_at INTEGER NOT NULL,
    outcome TEXT CHECK (outcome IN ('repaired', 'replaced', 'taken_back', 'dismissed', 'passed_on')),
    note TEXT,
    replacement_id BLOB REFERENCES devices (id),
    closed_by BLOB REFERENCES people (id),
    closed_at INTEGER,
    version INTEGER NOT NULL,
    passed_on_to BLOB REFERENCES handovers (id), -- the lot of the association that has it now
    CHECK ((outcome IS NULL) = (closed_at IS NULL)),
    CHECK ((outcome IS NOT NULL AND outcome = 'replaced') = (replacement_id IS NOT NULL)),
    CHECK ((outcome IS NOT NULL AND outcome = 'passed_on') = (passed_on_to IS NOT NULL))
);
-- One open report of a device.
CREATE UNIQUE INDEX incident_exists ON incidents (device_id) WHERE outcome IS NULL;
CREATE INDEX incidents_open ON incidents (id) WHERE outcome IS NULL;
CREATE INDEX incidents_by_handover ON incidents (handover_id, id);
CREATE INDEX incidents_by_association ON incidents (association_id, id);
CREATE INDEX incidents_by_device ON incidents (device_id, id);
CREATE INDEX incidents_by_replacement ON incidents (replacement_id);
CREATE INDEX incidents_by_passing ON incidents (passed_on_to);
