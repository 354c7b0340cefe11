DROP TABLE follow_links;
DROP TABLE pending_lists;
ALTER TABLE reception_answers DROP COLUMN devices;
