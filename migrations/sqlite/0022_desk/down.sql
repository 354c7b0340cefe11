DROP TABLE application_messages;
DROP INDEX applications_assigned_by_id;
DROP INDEX applications_assigned;
DROP INDEX applications_answered_by_id;
DROP INDEX applications_answered;
DROP INDEX applications_waiting;
ALTER TABLE applications DROP COLUMN answered_at;
ALTER TABLE applications DROP COLUMN assigned_to;
