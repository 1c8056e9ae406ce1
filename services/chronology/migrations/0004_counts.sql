-- What the dashboards may count, through functions that give no more than they need.

CREATE INDEX event_stored ON event USING brin (stored_at);

-- How many events each agency and unit has sent, by the hour of receipt: no child, no event.
CREATE FUNCTION feed_counts(since timestamptz)
    RETURNS TABLE (agency text, unit text, hour timestamptz, events bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ SELECT said ->> 'agency', said #>> '{facts,practitioner,unit}',
          date_trunc('hour', (said ->> 'received_at')::timestamptz, 'UTC'), count(*)
   FROM (SELECT convert_from(body, 'UTF8')::jsonb AS said FROM event
         WHERE stored_at >= since) AS recent
   WHERE (said ->> 'received_at')::timestamptz >= since
   GROUP BY 1, 2, 3 $$;
REVOKE ALL ON FUNCTION feed_counts(timestamptz) FROM PUBLIC;

-- Of the children with an event of these types in a period: what the equity pack counts them by,
-- and every retraction, so that what was sent in error is not counted.
CREATE FUNCTION equity_events(types text[], since timestamptz, before timestamptz)
    RETURNS TABLE (child_ref text, source text, id text, type text, at timestamptz, age int,
                   sex text, ethnicity text, indicator boolean, harms text[],
                   target_source text, target_id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ WITH concerned AS (
       SELECT DISTINCT r.child_ref FROM event e JOIN record r USING (record_ref)
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
   SELECT '', source, id, 'event.retracted.v1', e.time, NULL, NULL, NULL, false, '{}',
          target_source, target_id
   FROM retraction JOIN event e USING (source, id) $$;
REVOKE ALL ON FUNCTION equity_events(text[], timestamptz, timestamptz) FROM PUBLIC;
