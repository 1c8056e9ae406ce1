-- Who asks, and whose rows are theirs? Run by the database's owner before the services' migrations,
-- any number of times. Postgres works it out from its own copy of the registry (deploy/access.py
-- loads it) and from what the transaction says of who asks (services/runtime/asking.py): a check
-- that the code forgets still shows nothing. grants.sql puts it before each table.
CREATE SCHEMA IF NOT EXISTS access;
GRANT USAGE ON SCHEMA access TO PUBLIC;
CREATE TABLE IF NOT EXISTS access.agency (id text PRIMARY KEY, kind text NOT NULL, areas text[] NOT NULL);
CREATE TABLE IF NOT EXISTS access.provider (code text PRIMARY KEY, agency text NOT NULL);

-- What the transaction says of who asks; an error where it says nothing, so that it is noticed.
CREATE OR REPLACE FUNCTION access.said(name text) RETURNS text
    LANGUAGE plpgsql STABLE AS
$$ DECLARE found text := current_setting('rw.' || name, true);
BEGIN
    IF coalesce(found, '') = '' THEN
        RAISE EXCEPTION 'nobody has said who asks' USING ERRCODE = '42501';
    END IF;
    RETURN found;
END $$;

-- The agencies in the asker's areas: the registry's, which a token narrows ('*': it does not).
CREATE OR REPLACE FUNCTION access.near() RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = access, pg_temp AS
$$ SELECT coalesce(array_agg(other.id), '{}') FROM agency AS own JOIN agency AS other
       ON other.areas && ARRAY(
           SELECT area FROM unnest(own.areas) AS area
           WHERE access.said('areas') = '*'
              OR area = ANY (string_to_array(access.said('areas'), ',')))
   WHERE own.id = access.said('agency') $$;

-- The agencies whose rows the asker sees. Who is not in a line sees nobody's.
CREATE OR REPLACE FUNCTION access.reach() RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = access, pg_temp AS
$$ SELECT coalesce((
       SELECT CASE
           WHEN access.said('role') = 'agency' AND kind NOT IN ('service', 'oversight-body')
               THEN ARRAY[id]
           WHEN access.said('role') = 'police-supervisor' AND kind = 'police' THEN ARRAY[id]
           WHEN access.said('role') = 'qa-reviewer' AND kind = 'reviewer' THEN access.near()
       END
       FROM agency WHERE id = access.said('agency')), '{}') $$;

-- Itself, for who sees rows at all: what is shown to its agency by name.
CREATE OR REPLACE FUNCTION access.own() RETURNS text[]
    LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN access.reach() = '{}' THEN '{}'::text[] ELSE ARRAY[access.said('agency')] END $$;

-- The providers of services that the asker's agency answers for: referrals to them are its own.
CREATE OR REPLACE FUNCTION access.provides() RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = access, pg_temp AS
$$ SELECT coalesce(array_agg(code), '{}') FROM provider WHERE agency = ANY (access.own()) $$;

-- The agencies of which the asker sees figures, in which no child is.
CREATE OR REPLACE FUNCTION access.figures() RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = access, pg_temp AS
$$ SELECT coalesce((
       SELECT CASE
           WHEN access.said('role') IN ('pcc-analyst', 'pcc-editor') AND kind = 'oversight-body'
               THEN access.near()
           WHEN access.said('role') = 'qa-reviewer' AND kind = 'reviewer' THEN access.near()
           WHEN access.said('role') = 'police-supervisor' AND kind = 'police' THEN ARRAY[id]
           WHEN access.said('role') = 'administrator' AND kind = 'service'
               THEN ARRAY(SELECT id FROM agency)
       END
       FROM agency WHERE id = access.said('agency')), '{}') $$;

-- A name that means something within one transaction: rows can be counted by it, and not looked up.
CREATE OR REPLACE FUNCTION access.passing(name text) RETURNS text
    LANGUAGE sql STABLE AS
$$ SELECT encode(sha256(convert_to(access.said('salt') || name, 'UTF8')), 'hex') $$;

-- Restricted children (schemas/policy/restricted.toml): who sees them all the same, and how long a
-- broken glass stays open.
CREATE TABLE IF NOT EXISTS access.restricted (
    single boolean PRIMARY KEY DEFAULT true CHECK (single), named text[] NOT NULL, glass interval NOT NULL);
CREATE OR REPLACE FUNCTION access.named() RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = access, pg_temp AS
$$ SELECT named FROM restricted $$;
CREATE OR REPLACE FUNCTION access.glass_lasts() RETURNS interval
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = access, pg_temp AS
$$ SELECT glass FROM restricted $$;

-- Puts a table behind a condition: `readers` see the rows that meet it, its owner sees all, and
-- nobody else any.
CREATE OR REPLACE FUNCTION access.protect(
    shielded regclass, readers text DEFAULT '', condition text DEFAULT 'false') RETURNS void
    LANGUAGE plpgsql AS
$$ BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', shielded);
    EXECUTE format('DROP POLICY IF EXISTS asked ON %s', shielded);
    IF readers <> '' THEN
        EXECUTE format('CREATE POLICY asked ON %s FOR SELECT TO %s USING (%s)',
                       shielded, readers, condition);
        EXECUTE format('GRANT SELECT ON %s TO %s', shielded, readers);
    END IF;
END $$;
REVOKE ALL ON FUNCTION access.protect(regclass, text, text) FROM PUBLIC;
