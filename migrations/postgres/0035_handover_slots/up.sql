-- Times at which a workshop hands lots over; associations choose among them.
CREATE TABLE handover_slots (
    id uuid NOT NULL PRIMARY KEY,
    workshop_id uuid NOT NULL REFERENCES organisations (id),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    place TEXT NOT NULL,
    lots integer NOT NULL CHECK (lots BETWEEN 1 AND 100), -- that may be collected at the same time
    offered_by uuid NOT NULL REFERENCES people (id),
    offered_at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    CHECK (starts_at < ends_at)
);
CREATE INDEX handover_slots_by_workshop ON handover_slots (workshop_id, starts_at);
CREATE INDEX handover_slots_by_start ON handover_slots (starts_at);

-- The slot that the appointment of a lot takes; none for an appointment that was set by hand.
ALTER TABLE handovers ADD COLUMN slot_id uuid REFERENCES handover_slots (id);
CREATE INDEX handovers_by_slot ON handovers (slot_id);
