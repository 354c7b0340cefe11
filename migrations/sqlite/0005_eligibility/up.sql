-- Programmes, what associations ask of them, and how it is assessed.

CREATE TABLE programmes (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    rubric TEXT NOT NULL,
    rubric_version TEXT NOT NULL,
    rubric_text TEXT NOT NULL, -- the whole file, as it was pinned
    kinds TEXT NOT NULL, -- JSON list
    lot_min INTEGER NOT NULL CHECK (lot_min >= 1),
    lot_max INTEGER NOT NULL,
    opens_at INTEGER NOT NULL,
    closes_at INTEGER,
    territory TEXT NOT NULL,
    follow_up_months INTEGER NOT NULL DEFAULT 12 CHECK (follow_up_months BETWEEN 1 AND 120),
    created_by BLOB NOT NULL REFERENCES people (id),
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (lot_max >= lot_min)
);

CREATE TABLE applications (
    id BLOB NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    programme_id BLOB NOT NULL REFERENCES programmes (id),
    association_id BLOB NOT NULL REFERENCES organisations (id),
    status TEXT NOT NULL CHECK (status IN (
        'draft', 'submitted', 'in_review', 'changes_requested', 'eligible', 'ineligible',
        'withdrawn')),
    form TEXT NOT NULL, -- JSON: what the association filled in, complete or not
    changes TEXT, -- JSON: what staff asked to be changed
    assisted BOOLEAN NOT NULL, -- staff filled it in on behalf of the association
    created_by BLOB NOT NULL REFERENCES people (id),
    submitted_at INTEGER,
    silence_at INTEGER, -- when silence decides
    decided_by BLOB REFERENCES people (id),
    decided_at INTEGER,
    reasons TEXT, -- JSON list
    score INTEGER CHECK (score BETWEEN 0 AND 10000), -- hundredths of a point
    score_detail TEXT, -- JSON: everything the score used
    scored_at INTEGER,
    fragility INTEGER, -- tenths, as the score used it
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (status <> 'ineligible' OR reasons IS NOT NULL),
    CHECK (status <> 'eligible' OR score IS NOT NULL)
);
-- One application per legal entity and programme.
CREATE UNIQUE INDEX application_exists ON applications (programme_id, association_id)
    WHERE status <> 'withdrawn';
CREATE INDEX applications_by_programme ON applications (programme_id, status, id);
CREATE INDEX applications_in_programme ON applications (programme_id, id);
CREATE INDEX applications_by_association ON applications (association_id, id);
CREATE INDEX applications_by_author ON applications (created_by);
CREATE INDEX applications_by_judge ON applications (decided_by);
CREATE INDEX applications_by_status ON applications (status, id);

CREATE TABLE assessments (
    application_id BLOB NOT NULL REFERENCES applications (id),
    criterion TEXT NOT NULL,
    assessor_id BLOB NOT NULL REFERENCES people (id),
    points INTEGER, -- none when recused
    justification TEXT NOT NULL,
    recused BOOLEAN NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (application_id, criterion, assessor_id)
);

-- The digital fragility index, as the table that was loaded last has it.
CREATE TABLE territories (
    postal_code TEXT NOT NULL,
    name_key TEXT NOT NULL, -- the commune's name without accents and case
    name TEXT NOT NULL,
    commune_code TEXT,
    population INTEGER NOT NULL,
    index_tenths INTEGER NOT NULL,
    fragile_population INTEGER,
    shared BOOLEAN NOT NULL, -- the file has the postal code for other communes, too
    source TEXT NOT NULL,
    loaded_at INTEGER NOT NULL,
    PRIMARY KEY (postal_code, name_key)
);
CREATE INDEX territories_by_commune ON territories (commune_code);
