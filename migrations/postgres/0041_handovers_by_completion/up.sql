-- What was handed over in a time is summed up from the index alone.
CREATE INDEX handovers_by_completion ON handovers (completed_at, status, association_id, devices, application_id)
    WHERE completed_at IS NOT NULL;
