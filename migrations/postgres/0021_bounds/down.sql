DROP INDEX devices_by_place;
DROP INDEX devices_by_kind_stage_grade;
DROP TABLE document_uploads;
