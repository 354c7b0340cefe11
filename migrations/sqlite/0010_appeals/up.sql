-- What follows a decision: appeals, obligations, reminders, and the history of scores.

CREATE TABLE appeals (
    id BLOB NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    application_id BLOB NOT NULL REFERENCES applications (id),
    contested TEXT NOT NULL CHECK (contested IN ('refusal', 'silence', 'score')),
    contested_at INTEGER NOT NULL, -- the decision, or the day when silence decided
    contested_by BLOB REFERENCES people (id), -- none when silence decided
    grounds TEXT NOT NULL,
    filed_by BLOB NOT NULL REFERENCES people (id),
    filed_at INTEGER NOT NULL,
    silence_at INTEGER NOT NULL, -- when silence rejects the appeal
    outcome TEXT CHECK (outcome IN ('overturned', 'upheld')),
    reasons TEXT, -- JSON list
    decided_by BLOB REFERENCES people (id),
    decided_at INTEGER,
    version INTEGER NOT NULL,
    CHECK ((outcome IS NULL) = (decided_at IS NULL)),
    CHECK (outcome IS NULL OR reasons IS NOT NULL),
    CONSTRAINT appeals_same_person CHECK (decided_by IS NULL OR decided_by <> contested_by)
);
-- One appeal against one decision.
CREATE UNIQUE INDEX appeal_exists ON appeals (application_id, contested_at);
CREATE INDEX appeals_by_outcome ON appeals (outcome, id);

-- What an association owes from what it received before.
CREATE TABLE obligations (
    id BLOB NOT NULL PRIMARY KEY,
    association_id BLOB NOT NULL REFERENCES organisations (id),
    what TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    met_at INTEGER,
    met_by BLOB REFERENCES people (id),
    report TEXT, -- JSON: what the association says became of it
    handover_id BLOB REFERENCES handovers (id), -- none when staff noted it
    reminded_at INTEGER, -- before it was due
    overdue_told_at INTEGER,
    created_by BLOB NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL,
    CHECK ((met_at IS NULL) = (met_by IS NULL)),
    CHECK (report IS NULL OR met_at IS NOT NULL)
);
CREATE INDEX obligations_by_association ON obligations (association_id, due_at);
CREATE INDEX obligations_open ON obligations (due_at) WHERE met_at IS NULL;
-- One report for each lot that was handed over.
CREATE UNIQUE INDEX obligations_of_handover ON obligations (handover_id);

-- What was reminded, so that it is reminded once.
CREATE TABLE reminders (
    application_id BLOB NOT NULL REFERENCES applications (id),
    kind TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    PRIMARY KEY (application_id, kind, due_at)
);

-- Each rubric that a programme ever pinned.
CREATE TABLE programme_rubrics (
    programme_id BLOB NOT NULL REFERENCES programmes (id),
    rubric TEXT NOT NULL,
    version TEXT NOT NULL,
    text TEXT NOT NULL,
    pinned_by BLOB NOT NULL REFERENCES people (id),
    pinned_at INTEGER NOT NULL,
    PRIMARY KEY (programme_id, rubric, version)
);
INSERT INTO programme_rubrics (programme_id, rubric, version, text, pinned_by, pinned_at)
    SELECT id, rubric, rubric_version, rubric_text, created_by, created_at FROM programmes;

-- Each score that counted, with everything that it used. Never changed.
CREATE TABLE application_scores (
    id BLOB NOT NULL PRIMARY KEY,
    application_id BLOB NOT NULL REFERENCES applications (id),
    computed_at INTEGER NOT NULL,
    rubric TEXT NOT NULL,
    version TEXT NOT NULL,
    score INTEGER NOT NULL CHECK (score BETWEEN 0 AND 10000),
    detail TEXT NOT NULL, -- JSON
    because TEXT NOT NULL CHECK (because IN ('decision', 'rubric', 'appeal')),
    computed_by BLOB NOT NULL REFERENCES people (id)
);
CREATE INDEX application_scores_by_application ON application_scores (application_id, id);

CREATE TRIGGER application_scores_update BEFORE UPDATE ON application_scores
BEGIN
    SELECT RAISE(ABORT, 'application_scores is append-only');
END;
CREATE TRIGGER application_scores_delete BEFORE DELETE ON application_scores
BEGIN
    SELECT RAISE(ABORT, 'application_scores is append-only');
END;
