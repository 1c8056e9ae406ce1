-- What became of referrals to services (service.*): followed by codes and moments alone.

CREATE INDEX event_onward_made ON event (time) WHERE type = 'service.referral-made.v1';

-- What figures need of an erased child's referrals to services.
ALTER TABLE erased_event ADD COLUMN onward jsonb;

CREATE FUNCTION onward_facts(facts jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS
$$ SELECT jsonb_build_object('child', jsonb_build_object(
              'age', facts #> '{child,age}', 'area', facts #> '{child,area}'))
          || coalesce((SELECT jsonb_object_agg(key, value) FROM jsonb_each(facts)
                       WHERE key IN ('service_ref', 'kind', 'provider', 'sector', 'reason_code',
                                     'outcome', 'child_says_it_helped', 'time_precision')), '{}') $$;

CREATE VIEW onward_event AS
    SELECT r.child_ref, e.source, e.id, e.type, e.time, false AS erased,
           onward_facts(convert_from(e.body, 'UTF8')::jsonb -> 'facts') AS facts
    FROM event e JOIN record r USING (record_ref) WHERE e.type LIKE 'service.%'
    UNION ALL
    SELECT child_ref, source, id, type, time, true, onward
    FROM erased_event WHERE onward IS NOT NULL;
CREATE VIEW onward_retraction AS
    SELECT source, id, e.time, target_source, target_id FROM retraction JOIN event e USING (source, id)
    UNION ALL
    SELECT source, id, time, target_source, target_id
    FROM erased_event WHERE target_id IS NOT NULL;

-- For figures: every child with a referral made in a period by an agency of whose figures the asker
-- sees, by the asker's own, or to a provider that it answers for. Children, refs and events are
-- numbers that mean something within one answer; the order of events is kept, so that the same
-- question finds the same.
CREATE FUNCTION seen_onward(since timestamptz, before timestamptz)
    RETURNS TABLE (child bigint, agency text, number bigint, type text, at timestamptz, facts jsonb,
                   target_agency text, target_number bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ WITH RECURSIVE concerned AS MATERIALIZED (
       SELECT DISTINCT o.child_ref FROM onward_event o
       WHERE o.type = 'service.referral-made.v1' AND o.time >= since AND o.time < before
         AND (split_part(o.source, '/', 2)
                  = ANY ((SELECT access.figures() || access.own())::text[])
              OR o.facts ->> 'provider' = ANY ((SELECT access.provides())::text[]))),
   told AS MATERIALIZED (SELECT o.* FROM concerned JOIN onward_event o USING (child_ref)),
   undone AS (
       SELECT r.*, told.child_ref FROM onward_retraction r
       JOIN told ON (r.target_source, r.target_id) = (told.source, told.id)
       UNION
       SELECT r.*, undone.child_ref FROM onward_retraction r
       JOIN undone ON (r.target_source, r.target_id) = (undone.source, undone.id)),
   every AS (
       SELECT child_ref, source, id, type, time, facts, NULL AS target_source, NULL AS target_id
       FROM told
       UNION ALL
       SELECT child_ref, source, id, 'event.retracted.v1', time, '{}', target_source, target_id
       FROM undone),
   numbered AS MATERIALIZED (
       SELECT *, row_number() OVER (ORDER BY time, source, id) AS number,
              dense_rank() OVER (ORDER BY child_ref) AS child,
              dense_rank() OVER (ORDER BY child_ref, facts ->> 'service_ref') AS ref
       FROM every)
   SELECT n.child, split_part(n.source, '/', 2), n.number, n.type, n.time,
          n.facts || jsonb_build_object('service_ref', n.ref::text),
          split_part(n.target_source, '/', 2), t.number
   FROM numbered n LEFT JOIN numbered t ON (n.target_source, n.target_id) = (t.source, t.id) $$;
REVOKE ALL ON FUNCTION seen_onward(timestamptz, timestamptz) FROM PUBLIC;

-- For who made a referral in a period, or answers for its provider: what was said of it, by anybody.
CREATE FUNCTION seen_onward_own(since timestamptz, before timestamptz)
    RETURNS TABLE (child_ref text, source text, id text, type text, at timestamptz, facts jsonb,
                   target_source text, target_id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ WITH RECURSIVE own AS MATERIALIZED (
       SELECT DISTINCT o.child_ref, o.facts ->> 'service_ref' AS ref FROM onward_event o
       WHERE NOT o.erased AND o.type = 'service.referral-made.v1'
         AND o.time >= since AND o.time < before
         AND (split_part(o.source, '/', 2) = ANY ((SELECT access.own())::text[])
              OR o.facts ->> 'provider' = ANY ((SELECT access.provides())::text[]))),
   told AS MATERIALIZED (
       SELECT o.* FROM own JOIN onward_event o USING (child_ref)
       WHERE NOT o.erased AND o.facts ->> 'service_ref' = own.ref),
   undone AS (
       SELECT r.*, told.child_ref FROM onward_retraction r
       JOIN told ON (r.target_source, r.target_id) = (told.source, told.id)
       UNION
       SELECT r.*, undone.child_ref FROM onward_retraction r
       JOIN undone ON (r.target_source, r.target_id) = (undone.source, undone.id))
   SELECT child_ref, source, id, type, time, facts, NULL, NULL FROM told
   UNION ALL
   SELECT child_ref, source, id, 'event.retracted.v1', time, '{}', target_source, target_id
   FROM undone $$;
REVOKE ALL ON FUNCTION seen_onward_own(timestamptz, timestamptz) FROM PUBLIC;
