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

-- Without the extension a search reads the whole table, and finds the same.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    EXECUTE 'CREATE INDEX organisations_by_part ON organisations USING gin (search_key gin_trgm_ops)';
    EXECUTE 'CREATE INDEX batches_by_part ON batches USING gin (search_key gin_trgm_ops)';
    EXECUTE 'CREATE INDEX applications_by_part ON applications USING gin (search_key gin_trgm_ops)';
EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'searches read every row: no pg_trgm (%)', SQLERRM;
END
$$;
