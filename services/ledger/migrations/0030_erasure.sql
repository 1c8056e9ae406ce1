-- An erased child's gaps go on counting, and are nobody's. Refs are kept as digests alone.
CREATE TABLE erased_ref (
    digest     bytea PRIMARY KEY,              -- SHA-256 of a child_ref
    erased_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE gap ADD COLUMN erased_at timestamptz;
COMMENT ON COLUMN gap.erased_at IS 'The child was erased then: refs are new, evidence is gone.';

CREATE FUNCTION renamed(salt text, ref text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT encode(substr(sha256(convert_to(salt || '|' || ref, 'UTF8')), 1, 16), 'hex') $$;
CREATE FUNCTION digest_of(ref text) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT sha256(convert_to(ref, 'UTF8')) $$;

-- For chronology: of whom the ledger has heard that they are erased.
CREATE VIEW erased AS SELECT digest FROM erased_ref;
-- Whoever looks for children, or for what is to be done, sees no gap of an erased child; figures do.
CREATE OR REPLACE VIEW belief AS SELECT * FROM gap WHERE erased_at IS NULL;
CREATE VIEW measured AS SELECT * FROM gap;
