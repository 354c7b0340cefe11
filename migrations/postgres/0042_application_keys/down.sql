DROP INDEX applications_by_key;
