-- Parts of words and numbers, to find organisations, batches and applications by, as devices are.

-- Neither name nor numbers of an organisation change, nor whose an application is.
ALTER TABLE organisations ADD COLUMN search_key TEXT NOT NULL DEFAULT ''; -- name, SIRET and RNA
UPDATE organisations
    SET search_key = name_key || ' ' || lower(coalesce(siret, '') || ' ' || coalesce(rna, ''));
ALTER TABLE applications ADD COLUMN search_key TEXT NOT NULL DEFAULT ''; -- reference and association
UPDATE applications
    SET search_key = lower(replace(reference, '-', '')) || ' '
        || (SELECT name_key FROM organisations WHERE organisations.id = association_id);
CREATE INDEX organisations_of_kind ON organisations (kind, id);
CREATE INDEX organisations_by_status ON organisations (status, id);
-- How much somebody has announced, for whoever asks what is held about them.
CREATE INDEX batches_by_author ON batches (created_by);

CREATE VIRTUAL TABLE organisation_search USING fts5 (
    search_key, tokenize = 'trigram', content = '', detail = none);
INSERT INTO organisation_search (rowid, search_key) SELECT rowid, search_key FROM organisations;
CREATE TRIGGER organisation_search_insert AFTER INSERT ON organisations
BEGIN
    INSERT INTO organisation_search (rowid, search_key) VALUES (new.rowid, new.search_key);
END;
CREATE TRIGGER organisation_search_update AFTER UPDATE OF search_key ON organisations
    WHEN new.search_key <> old.search_key
BEGIN
    INSERT INTO organisation_search (organisation_search, rowid, search_key)
    VALUES ('delete', old.rowid, old.search_key);
    INSERT INTO organisation_search (rowid, search_key) VALUES (new.rowid, new.search_key);
END;
CREATE TRIGGER organisation_search_delete AFTER DELETE ON organisations
BEGIN
    INSERT INTO organisation_search (organisation_search, rowid, search_key)
    VALUES ('delete', old.rowid, old.search_key);
END;

CREATE VIRTUAL TABLE batch_search USING fts5 (
    search_key, tokenize = 'trigram', content = '', detail = none);
INSERT INTO batch_search (rowid, search_key) SELECT rowid, search_key FROM batches;
CREATE TRIGGER batch_search_insert AFTER INSERT ON batches
BEGIN
    INSERT INTO batch_search (rowid, search_key) VALUES (new.rowid, new.search_key);
END;
CREATE TRIGGER batch_search_update AFTER UPDATE OF search_key ON batches
    WHEN new.search_key <> old.search_key
BEGIN
    INSERT INTO batch_search (batch_search, rowid, search_key)
    VALUES ('delete', old.rowid, old.search_key);
    INSERT INTO batch_search (rowid, search_key) VALUES (new.rowid, new.search_key);
END;
CREATE TRIGGER batch_search_delete AFTER DELETE ON batches
BEGIN
    INSERT INTO batch_search (batch_search, rowid, search_key)
    VALUES ('delete', old.rowid, old.search_key);
END;

CREATE VIRTUAL TABLE application_search USING fts5 (
    search_key, tokenize = 'trigram', content = '', detail = none);
INSERT INTO application_search (rowid, search_key) SELECT rowid, search_key FROM applications;
CREATE TRIGGER application_search_insert AFTER INSERT ON applications
BEGIN
    INSERT INTO application_search (rowid, search_key) VALUES (new.rowid, new.search_key);
END;
CREATE TRIGGER application_search_update AFTER UPDATE OF search_key ON applications
    WHEN new.search_key <> old.search_key
BEGIN
    INSERT INTO application_search (application_search, rowid, search_key)
    VALUES ('delete', old.rowid, old.search_key);
    INSERT INTO application_search (rowid, search_key) VALUES (new.rowid, new.search_key);
END;
CREATE TRIGGER application_search_delete AFTER DELETE ON applications
BEGIN
    INSERT INTO application_search (application_search, rowid, search_key)
    VALUES ('delete', old.rowid, old.search_key);
END;
