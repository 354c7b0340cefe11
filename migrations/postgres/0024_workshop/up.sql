-- What stands longest at a stage, in one workshop and in all.
CREATE INDEX devices_by_workshop_stage_since ON devices (workshop_id, stage, stage_at, id);
CREATE INDEX devices_by_stage_since ON devices (stage, stage_at, id);
