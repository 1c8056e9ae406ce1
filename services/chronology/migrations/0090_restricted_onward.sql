-- As before, and a restricted child is not there but for who is named in policy.
SET LOCAL check_function_bodies = off;         -- intake's grant comes later
CREATE OR REPLACE FUNCTION seen_onward_own(since timestamptz, before timestamptz)
    RETURNS TABLE (child_ref text, source text, id text, type text, at timestamptz, facts jsonb,
                   target_source text, target_id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ WITH RECURSIVE own AS MATERIALIZED (
       SELECT DISTINCT o.child_ref, o.facts ->> 'service_ref' AS ref FROM onward_event o
       WHERE NOT o.erased AND o.type = 'service.referral-made.v1'
         AND o.child_ref <> ALL ((SELECT intake.hidden())::text[])
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
