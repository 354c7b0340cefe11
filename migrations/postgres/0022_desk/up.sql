-- What the desk of the city's staff needs: who has a case, which answers nobody has looked at, and
-- the messages between the city and an association about an application.

ALTER TABLE applications ADD COLUMN assigned_to uuid REFERENCES people (id);
-- When the association answered what was asked; null once somebody went on with the review.
ALTER TABLE applications ADD COLUMN answered_at timestamptz;
UPDATE applications
    SET answered_at = (changes::json ->> 'answered_at')::timestamptz
    WHERE status = 'in_review' AND changes::json ->> 'answered_at' IS NOT NULL;
CREATE INDEX applications_waiting ON applications (status, submitted_at);
CREATE INDEX applications_answered ON applications (answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX applications_answered_by_id ON applications (id) WHERE answered_at IS NOT NULL;
CREATE INDEX applications_assigned ON applications (assigned_to, status, submitted_at);
CREATE INDEX applications_assigned_by_id ON applications (assigned_to, id);

CREATE TABLE application_messages (
    id uuid NOT NULL PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES applications (id),
    author_id uuid NOT NULL REFERENCES people (id),
    of_city BOOLEAN NOT NULL,
    text TEXT NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX application_messages_of ON application_messages (application_id, id);
CREATE INDEX application_messages_by_author ON application_messages (author_id);
