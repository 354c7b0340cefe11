-- What keeps reads and uploads within bounds, however much there is.

-- How many files came for an application, those that were removed among them: who attaches and
-- removes again and again fills the disk as well.
CREATE TABLE document_uploads (
    application_id BLOB NOT NULL PRIMARY KEY REFERENCES applications (id),
    uploads INTEGER NOT NULL
);
INSERT INTO document_uploads (application_id, uploads)
    SELECT application_id, count(*) FROM documents GROUP BY application_id;

-- A desk's filters together.
CREATE INDEX devices_by_kind_stage_grade ON devices (kind, stage, grade, id);
-- The devices of a place, by the end of their search key.
CREATE INDEX devices_by_place ON devices (substr(search_key, instr(search_key, '@')), id)
    WHERE location IS NOT NULL;

-- FTS5's own merges put a thousand pages and more into somebody's commit: the writer merges a
-- little between commits.
INSERT INTO device_search (device_search, rank) VALUES ('automerge', 0);
INSERT INTO organisation_search (organisation_search, rank) VALUES ('automerge', 0);
INSERT INTO batch_search (batch_search, rank) VALUES ('automerge', 0);
INSERT INTO application_search (application_search, rank) VALUES ('automerge', 0);
