-- Histories as who asks sees them: their rights count here, not those of the views' owner.
CREATE VIEW seen_event WITH (security_invoker = true) AS SELECT source, id, type, time FROM event;
CREATE VIEW seen_history WITH (security_invoker = true) AS
    SELECT r.child_ref, e.source, e.id, e.type, e.time, e.body FROM record r JOIN event e USING (record_ref);
CREATE VIEW seen_retraction WITH (security_invoker = true) AS
    SELECT r.source, r.id, r.target_source, r.target_id, e.body
    FROM retraction r JOIN event e USING (source, id);
CREATE VIEW seen_child WITH (security_invoker = true) AS SELECT child_ref, erased FROM child;

-- How the feeds stand of which the asker sees figures.
CREATE FUNCTION seen_feed_counts(since timestamptz)
    RETURNS TABLE (agency text, unit text, hour timestamptz, events bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ SELECT * FROM feed_counts(since) AS counted
   WHERE counted.agency = ANY ((SELECT access.figures())::text[]) $$;
REVOKE ALL ON FUNCTION seen_feed_counts(timestamptz) FROM PUBLIC;

-- What equity_events tells of children whom an agency tells of whose figures the asker sees; child and
-- event go by names that pass with the transaction: they can be counted, and not looked up.
CREATE FUNCTION seen_equity_events(types text[], since timestamptz, before timestamptz)
    RETURNS TABLE (child_ref text, source text, id text, type text, at timestamptz, age int,
                   sex text, ethnicity text, indicator boolean, harms text[],
                   target_source text, target_id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ WITH told AS MATERIALIZED (SELECT * FROM equity_events(types, since, before)),
   concerned AS (
       SELECT DISTINCT child_ref FROM told
       WHERE type = ANY (types) AND at >= since AND at < before
         AND split_part(source, '/', 2) = ANY ((SELECT access.figures())::text[]))
   SELECT access.passing(child_ref), '/' || split_part(source, '/', 2) || '/-',
          access.passing(source || '|' || id), type, at, age, sex, ethnicity, indicator, harms,
          '/' || split_part(target_source, '/', 2) || '/-',
          access.passing(target_source || '|' || target_id)
   FROM told WHERE child_ref = '' OR child_ref IN (SELECT child_ref FROM concerned) $$;
REVOKE ALL ON FUNCTION seen_equity_events(text[], timestamptz, timestamptz) FROM PUBLIC;
