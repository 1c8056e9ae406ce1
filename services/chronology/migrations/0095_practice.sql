-- What the constabulary's monitoring counts of the last weeks: by agency and measure, never by child.
-- Granted to the ledger in deploy/grants.sql. What was sent in error is left out.

CREATE INDEX event_practice ON event (time) WHERE type IN (
    'police.child-detained.v1', 'police.child-interviewed.v1', 'police.child-exposed.v1',
    'partner.concern-raised.v1', 'referral.made.v1', 'no-referral.decided.v1',
    'social-care.referral-received.v1', 'social-care.referral-decided.v1', 'social-care.referrer-told.v1');

CREATE FUNCTION practice_events(since timestamptz)
    RETURNS TABLE (child_ref text, type text, agency text, at timestamptz, staff_ref text, facts jsonb)
    LANGUAGE sql STABLE SET search_path = chronology, pg_temp AS
$$ SELECT r.child_ref, e.type, split_part(e.source, '/', 2), e.time, e.staff_ref,
          convert_from(e.body, 'UTF8')::jsonb -> 'facts'
   FROM event e JOIN record r USING (record_ref)
   WHERE e.time >= since AND e.type IN (
       'police.child-detained.v1', 'police.child-interviewed.v1', 'police.child-exposed.v1',
       'partner.concern-raised.v1', 'referral.made.v1', 'no-referral.decided.v1',
       'social-care.referral-received.v1', 'social-care.referral-decided.v1',
       'social-care.referrer-told.v1')
     AND NOT EXISTS (SELECT FROM retraction t WHERE (t.target_source, t.target_id) = (e.source, e.id)) $$;
REVOKE ALL ON FUNCTION practice_events(timestamptz) FROM PUBLIC;

-- What asks for a referral: a detention, an interview as suspect, exposure or concern of amber or red.
CREATE FUNCTION asks_for_referral(type text, facts jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE type
       WHEN 'police.child-detained.v1' THEN true
       WHEN 'police.child-interviewed.v1' THEN facts ->> 'involvement' = 'suspect'
       WHEN 'police.child-exposed.v1' THEN facts ->> 'grade' IN ('amber', 'red')
       WHEN 'partner.concern-raised.v1' THEN facts ->> 'grade' IN ('amber', 'red')
       ELSE false END $$;

-- How long it took, counted into buckets: 0 is below the first bound. `referral`: from the trigger to
-- the child's next referral, by the trigger's agency; `decision` and `feedback`: from received (else
-- made) to the first of its kind, by the agency that gave it.
CREATE FUNCTION practice_times(since timestamptz, bounds float8[])
    RETURNS TABLE (step text, agency text, bucket int, n bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ WITH heard AS MATERIALIZED (SELECT * FROM practice_events(since)),
   referral AS (
       SELECT t.agency, t.at, min(m.at) AS done
       FROM heard t JOIN heard m
           ON m.child_ref = t.child_ref AND m.type = 'referral.made.v1' AND m.at >= t.at
       WHERE asks_for_referral(t.type, t.facts)
       GROUP BY t.agency, t.at, t.child_ref, t.type),
   begun AS (
       SELECT child_ref, facts ->> 'referral_ref' AS ref,
              coalesce(min(at) FILTER (WHERE type = 'social-care.referral-received.v1'), min(at)) AS at
       FROM heard WHERE type IN ('social-care.referral-received.v1', 'referral.made.v1')
       GROUP BY 1, 2),
   answered AS (
       SELECT CASE h.type WHEN 'social-care.referral-decided.v1' THEN 'decision' ELSE 'feedback' END AS step,
              (array_agg(h.agency ORDER BY h.at))[1] AS agency, b.at, min(h.at) AS done
       FROM heard h JOIN begun b ON b.child_ref = h.child_ref AND b.ref = h.facts ->> 'referral_ref'
       WHERE h.type IN ('social-care.referral-decided.v1', 'social-care.referrer-told.v1')
       GROUP BY h.type, h.child_ref, b.ref, b.at),
   took AS (
       SELECT 'referral' AS step, agency, at, done FROM referral
       UNION ALL SELECT step, agency, at, done FROM answered)
   SELECT step, agency, width_bucket(extract(epoch FROM done - at)::float8, bounds), count(*)
   FROM took GROUP BY 1, 2, 3 $$;
REVOKE ALL ON FUNCTION practice_times(timestamptz, float8[]) FROM PUBLIC;

-- By agency: triggers after which the child has been neither referred nor decided against by its ref;
-- referrals made; and what members of `units` handled, once for each of them and each own ref.
CREATE FUNCTION practice_counts(since timestamptz, units text[])
    RETURNS TABLE (what text, agency text, n bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ WITH heard AS MATERIALIZED (SELECT * FROM practice_events(since)),
   last AS (SELECT child_ref, max(at) AS at FROM heard WHERE type = 'referral.made.v1' GROUP BY 1),
   against AS (
       SELECT child_ref, jsonb_array_elements_text(facts -> 'triggers') AS ref
       FROM heard WHERE type = 'no-referral.decided.v1'),
   unreferred AS (
       SELECT t.agency FROM heard t LEFT JOIN last USING (child_ref)
       WHERE asks_for_referral(t.type, t.facts) AND (last.at IS NULL OR last.at < t.at)
         AND NOT EXISTS (
             SELECT FROM against a WHERE a.child_ref = t.child_ref
             AND a.ref IN (t.facts ->> 'custody_ref', t.facts ->> 'incident_ref',
                           t.facts ->> 'interview_ref', t.facts ->> 'concern_ref')))
   SELECT 'unreferred', agency, count(*) FROM unreferred GROUP BY 2
   UNION ALL
   SELECT 'referrals', agency, count(*) FROM heard WHERE type = 'referral.made.v1' GROUP BY 2
   UNION ALL
   SELECT 'handled', agency, count(DISTINCT (staff_ref, type, coalesce(
              CASE type WHEN 'police.child-detained.v1' THEN facts ->> 'custody_ref'
                        WHEN 'police.child-interviewed.v1' THEN facts ->> 'interview_ref'
                        WHEN 'police.child-exposed.v1' THEN facts ->> 'incident_ref' END,
              facts ->> 'referral_ref')))
   FROM heard
   WHERE facts #>> '{practitioner,unit}' = ANY (units)
     AND type IN ('police.child-detained.v1', 'police.child-interviewed.v1',
                  'police.child-exposed.v1', 'referral.made.v1')
   GROUP BY 2 $$;
REVOKE ALL ON FUNCTION practice_counts(timestamptz, text[]) FROM PUBLIC;

-- How old the child was at each of these events, in years; none where nobody has said.
CREATE FUNCTION ages_at(sources text[], ids text[])
    RETURNS TABLE (source text, id text, age int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ SELECT source, id, (convert_from(body, 'UTF8')::jsonb #>> '{facts,child,age}')::int
   FROM event JOIN unnest(sources, ids) AS asked (source, id) USING (source, id) $$;
REVOKE ALL ON FUNCTION ages_at(text[], text[]) FROM PUBLIC;
