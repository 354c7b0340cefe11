DROP TABLE reception_links;
DROP TABLE reception_answers;
ALTER TABLE batches DROP COLUMN restrictions;
