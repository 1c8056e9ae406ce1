-- As before, and of retractions those alone that reach what is told: every one that was ever sent was read,
-- and renamed, for each pack.
CREATE OR REPLACE FUNCTION equity_events(types text[], since timestamptz, before timestamptz)
    RETURNS TABLE (child_ref text, source text, id text, type text, at timestamptz, age int,
                   sex text, ethnicity text, indicator boolean, harms text[],
                   target_source text, target_id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ WITH RECURSIVE concerned AS (
       SELECT DISTINCT r.child_ref FROM event e JOIN record r USING (record_ref)
       WHERE e.type = ANY (types) AND e.time >= since AND e.time < before),
   gone AS (
       SELECT DISTINCT e.child_ref FROM erased_event e
       WHERE e.type = ANY (types) AND e.time >= since AND e.time < before),
   told AS MATERIALIZED (
       SELECT r.child_ref, e.source, e.id, e.type, e.time,
              convert_from(e.body, 'UTF8')::jsonb -> 'facts' AS facts
       FROM concerned JOIN record r USING (child_ref) JOIN event e USING (record_ref)
       WHERE e.type <> 'event.retracted.v1'),
   undone AS (
       SELECT r.* FROM told JOIN retraction r
           ON (r.target_source, r.target_id) = (told.source, told.id)
       UNION
       SELECT r.* FROM undone JOIN retraction r
           ON (r.target_source, r.target_id) = (undone.source, undone.id))
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
   FROM undone JOIN event e USING (source, id)
   UNION ALL
   SELECT '', source, id, type, time, NULL, NULL, NULL, false, '{}', target_source, target_id
   FROM erased_event WHERE type = 'event.retracted.v1' $$;
