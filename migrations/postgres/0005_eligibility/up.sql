-- Programmes, what associations ask of them, and how it is assessed.

CREATE TABLE programmes (
    id uuid NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    rubric TEXT NOT NULL,
    rubric_version TEXT NOT NULL,
    rubric_text TEXT NOT NULL, -- the whole file, as it was pinned
    kinds TEXT NOT NULL, -- JSON list
    lot_min integer NOT NULL CHECK (lot_min >= 1),
    lot_max integer NOT NULL,
    opens_at timestamptz NOT NULL,
    closes_at timestamptz,
    territory TEXT NOT NULL,
    follow_up_months integer NOT NULL DEFAULT 12 CHECK (follow_up_months BETWEEN 1 AND 120),
    created_by uuid NOT NULL REFERENCES people (id),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (lot_max >= lot_min)
);

CREATE TABLE applications (
    id uuid NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    programme_id uuid NOT NULL REFERENCES programmes (id),
    association_id uuid NOT NULL REFERENCES organisations (id),
    status TEXT NOT NULL CHECK (status IN (
        'draft', 'submitted', 'in_review', 'changes_requested', 'eligible', 'ineligible',
        'withdrawn')),
    form TEXT NOT NULL, -- JSON: what the association filled in, complete or not
    changes TEXT, -- JSON: what staff asked to be changed
    assisted BOOLEAN NOT NULL, -- staff filled it in on behalf of the association
    created_by uuid NOT NULL REFERENCES people (id),
    submitted_at timestamptz,
    silence_at timestamptz, -- when silence decides
    decided_by uuid REFERENCES people (id),
    decided_at timestamptz,
    reasons TEXT, -- JSON list
    score integer CHECK (score BETWEEN 0 AND 10000), -- hundredths of a point
    score_detail TEXT, -- JSON: everything the score used
    scored_at timestamptz,
    fragility integer, -- tenths, as the score used it
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
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
    application_id uuid NOT NULL REFERENCES applications (id),
    criterion TEXT NOT NULL,
    assessor_id uuid NOT NULL REFERENCES people (id),
    points integer, -- none when recused
    justification TEXT NOT NULL,
    recused BOOLEAN NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (application_id, criterion, assessor_id)
);

-- The digital fragility index, as the table that was loaded last has it.
CREATE TABLE territories (
    postal_code TEXT NOT NULL,
    name_key TEXT NOT NULL, -- the commune's name without accents and case
    name TEXT NOT NULL,
    commune_code TEXT,
    population integer NOT NULL,
    index_tenths integer NOT NULL,
    fragile_population integer,
    shared BOOLEAN NOT NULL, -- the file has the postal code for other communes, too
    source TEXT NOT NULL,
    loaded_at timestamptz NOT NULL,
    PRIMARY KEY (postal_code, name_key)
);
CREATE INDEX territories_by_commune ON territories (commune_code);
