-- What applications are found by, without their forms: two letters are looked for in each of them.
CREATE INDEX applications_by_key ON applications (id, search_key);
