INSERT INTO device_search (device_search, rank) VALUES ('automerge', 4);
INSERT INTO organisation_search (organisation_search, rank) VALUES ('automerge', 4);
INSERT INTO batch_search (batch_search, rank) VALUES ('automerge', 4);
INSERT INTO application_search (application_search, rank) VALUES ('automerge', 4);
DROP INDEX devices_by_place;
DROP INDEX devices_by_kind_stage_grade;
DROP TABLE document_uploads;
