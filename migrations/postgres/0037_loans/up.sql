-- A programme that lends: lots come back.

-- Months after the handover when a lot is due back; none for a programme that gives.
ALTER TABLE programmes ADD COLUMN loan_months integer CHECK (loan_months BETWEEN 1 AND 120);

CREATE TABLE loans (
    handover_id uuid NOT NULL PRIMARY KEY REFERENCES handovers (id),
    due_at timestamptz NOT NULL,
    reason TEXT, -- why it was extended last
    extended_by uuid REFERENCES people (id),
    reminded_at timestamptz,
    overdue_told_at timestamptz,
    returned_at timestamptz, -- nothing of the lot is with the association any more
    created_at timestamptz NOT NULL
);
CREATE INDEX loans_open ON loans (due_at, handover_id) WHERE returned_at IS NULL;
