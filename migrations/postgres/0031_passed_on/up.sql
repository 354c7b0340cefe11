-- A device that one association does not need any more is passed on to another, with the city's
-- consent.

-- A wave that gives this one device, decided by a person: it has no plan.
ALTER TABLE waves ADD COLUMN passed_on BOOLEAN NOT NULL DEFAULT FALSE;
-- Its association had it and passed it on: it counts as received, and serves elsewhere.
ALTER TABLE wave_devices ADD COLUMN passed_on BOOLEAN NOT NULL DEFAULT FALSE;
