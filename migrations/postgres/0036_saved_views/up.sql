-- Lists as somebody narrowed them, under a name: for themselves, or for their organization.
CREATE TABLE saved_views (
    id uuid NOT NULL PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people (id),
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    name TEXT NOT NULL,
    address TEXT NOT NULL, -- path and filters
    shared BOOLEAN NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX saved_views_by_person ON saved_views (person_id, id);
CREATE INDEX saved_views_shared ON saved_views (organisation_id, id) WHERE shared;
