DROP INDEX handovers_by_slot;
ALTER TABLE handovers DROP COLUMN slot_id;
DROP TABLE handover_slots;
