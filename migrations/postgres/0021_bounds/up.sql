-- What keeps reads and uploads within bounds, however much there is.

-- How many files came for an application, those that were removed among them: who attaches and
-- removes again and again fills the disk as well.
CREATE TABLE document_uploads (
    application_id uuid NOT NULL PRIMARY KEY REFERENCES applications (id),
    uploads INTEGER NOT NULL
);
INSERT INTO document_uploads (application_id, uploads)
    SELECT application_id, count(*) FROM documents GROUP BY application_id;

-- A desk's filters together.
CREATE INDEX devices_by_kind_stage_grade ON devices (kind, stage, grade, id);
-- The devices of a place, by the end of their search key.
CREATE INDEX devices_by_place ON devices (substr(search_key, strpos(search_key, '@')), id)
    WHERE location IS NOT NULL;
