-- A copy of the public registers, and registrations that meet an association that is known.

-- The national register of associations (RNA), as the open-data file has it.
CREATE TABLE register_rna (
    rna TEXT NOT NULL PRIMARY KEY,
    siret TEXT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL, -- without accents and case
    status TEXT NOT NULL CHECK (status IN ('active', 'dissolved')),
    dissolved_on TEXT, -- as the register writes it: YYYY-MM-DD
    address TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    commune TEXT NOT NULL,
    commune_code TEXT,
    loaded_at timestamptz NOT NULL
);
CREATE INDEX register_rna_by_siret ON register_rna (siret);

-- What was loaded, and whether to its end.
CREATE TABLE register_loads (
    register TEXT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    lines bigint NOT NULL,
    finished BOOLEAN NOT NULL,
    loaded_at timestamptz NOT NULL
);

-- What the register said of an association when it was registered; JSON.
ALTER TABLE organisations ADD COLUMN register_check TEXT;

-- A registration that staff have to look at: of an association that is there already, or under
-- a name that is not the register's.
CREATE TABLE registration_cases (
    id uuid NOT NULL PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisations (id), -- the one that was there
    other_id uuid REFERENCES organisations (id), -- the second registration, if it was taken
    kind TEXT NOT NULL CHECK (kind IN ('same_identifier', 'same_name', 'name_differs')),
    association TEXT NOT NULL, -- the name that was given
    person_name TEXT NOT NULL,
    email TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'joined', 'merged', 'dismissed')),
    note TEXT,
    created_at timestamptz NOT NULL,
    closed_by uuid REFERENCES people (id),
    closed_at timestamptz
);
CREATE INDEX registration_cases_by_status ON registration_cases (status, id);
CREATE UNIQUE INDEX registration_cases_open ON registration_cases (organisation_id, email)
    WHERE status = 'open';
CREATE INDEX organisations_by_name ON organisations (name_key, postal_code);
