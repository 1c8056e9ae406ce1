-- Erased for ever. Refs are kept as digests alone: of 128 random bits, a digest tells nobody the ref.
CREATE TABLE erased_ref (
    digest     bytea PRIMARY KEY,              -- SHA-256 of a record_ref or child_ref
    erased_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Children whose erasure is under way: the last version is published until the ledger has acted on
-- it, then a null, then the row goes.
CREATE TABLE erasure (
    child_ref  text PRIMARY KEY,
    salt       text NOT NULL,
    keys       text[] NOT NULL                 -- '<source>|<id>' of every event that was erased
);

-- What figures need of the events of erased children, and nothing that names one: refs are new.
CREATE TABLE erased_event (
    child_ref      text NOT NULL,
    source         text NOT NULL,              -- /<agency>/<system>, as it was
    id             text NOT NULL,
    type           text NOT NULL,
    time           timestamptz NOT NULL,
    age            int,
    sex            text,
    ethnicity      text,
    indicator      boolean NOT NULL,
    harms          text[] NOT NULL,
    target_source  text,
    target_id      text,
    PRIMARY KEY (source, id)
);

-- How an erased ref is called in figures: the same to all who know the salt, which nobody keeps.
CREATE FUNCTION renamed(salt text, ref text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT encode(substr(sha256(convert_to(salt || '|' || ref, 'UTF8')), 1, 16), 'hex') $$;
CREATE FUNCTION digest_of(ref text) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT sha256(convert_to(ref, 'UTF8')) $$;

-- An erased child is nobody's to judge any more.
CREATE OR REPLACE VIEW child_position AS
    SELECT child_ref, version, merged_into, erased FROM child WHERE NOT erased;
-- Refs whose erasure is complete here: nothing is left to publish.
CREATE VIEW erasure_done AS
    SELECT digest FROM erased_ref
    WHERE digest NOT IN (SELECT digest_of(child_ref) FROM erasure);

CREATE OR REPLACE VIEW event_kind AS
    SELECT source, id, type, time FROM event
    UNION ALL SELECT source, id, type, time FROM erased_event;

CREATE OR REPLACE FUNCTION equity_events(types text[], since timestamptz, before timestamptz)
    RETURNS TABLE (child_ref text, source text, id text, type text, at timestamptz, age int,
                   sex text, ethnicity text, indicator boolean, harms text[],
                   target_source text, target_id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ WITH concerned AS (
       SELECT DISTINCT r.child_ref FROM event e JOIN record r USING (record_ref)
       WHERE e.type = ANY (types) AND e.time >= since AND e.time < before),
   gone AS (
       SELECT DISTINCT e.child_ref FROM erased_event e
       WHERE e.type = ANY (types) AND e.time >= since AND e.time < before),
   told AS (
       SELECT r.child_ref, e.source, e.id, e.type, e.time,
              convert_from(e.body, 'UTF8')::jsonb -> 'facts' AS facts
       FROM concerned JOIN record r USING (child_ref) JOIN event e USING (record_ref)
       WHERE e.type <> 'event.retracted.v1')
   SELECT child_ref, source, id, type, time, (facts #>> '{child,age}')::int,
          facts #>> '{child,sex}', facts #>> '{child,ethnicity}',
          jsonb_array_length(coalesce(nullif(facts -> 'indicators', 'null'), '[]')) > 0,
          ARRAY(SELECT jsonb_array_elements_text(coalesce(nullif(facts -> 'harms', 'null'), '[]'))),
          NULL, NULL
   FROM told
   UNION ALL
   SELECT e.child_ref, source, id, type, time, age, sex, ethnicity, indicator, harms, NULL, NULL
   FROM gone JOIN erased_event e USING (child_ref) WHERE type <> 'event.retracted.v1'
   UNION ALL
   SELECT '', source, id, 'event.retracted.v1', e.time, NULL, NULL, NULL, false, '{}',
          target_source, target_id
   FROM retraction JOIN event e USING (source, id)
   UNION ALL
   SELECT '', source, id, type, time, NULL, NULL, NULL, false, '{}', target_source, target_id
   FROM erased_event WHERE type = 'event.retracted.v1' $$;
