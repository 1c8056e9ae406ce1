-- As before, and who sees rows of an agency is not told by a count that a hidden child is there. Who sees
-- figures alone is: figures count everybody.
DROP FUNCTION seen_unanswered(timestamptz);
DROP FUNCTION unanswered(timestamptz);
CREATE FUNCTION unanswered(before timestamptz, left_out text[] DEFAULT '{}')
    RETURNS TABLE (agency text, unit text, rule text, kind text, alerts bigint, highest_step int,
                   first_due timestamptz)
    LANGUAGE sql STABLE AS
$$ SELECT alert.agency, alert.unit, alert.rule, alert.kind, count(*),
          max(stood.step),
          min(alert.due_at)
   FROM alert CROSS JOIN LATERAL (
       SELECT line ->> 'state' AS state, (line ->> 'step')::int AS step
       FROM jsonb_array_elements(alert.history) WITH ORDINALITY AS told (line, number)
       WHERE (line ->> 'at')::timestamptz < before ORDER BY number DESC LIMIT 1) AS stood
   WHERE stood.state = 'new' AND stood.step > 1
     AND (alert.child_ref IS NULL OR alert.child_ref <> ALL (left_out))
   GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3 $$;
REVOKE ALL ON FUNCTION unanswered(timestamptz, text[]) FROM PUBLIC;

SET LOCAL check_function_bodies = off;         -- intake's grant comes later
CREATE FUNCTION seen_unanswered(before timestamptz)
    RETURNS TABLE (agency text, unit text, rule text, kind text, alerts bigint, highest_step int,
                   first_due timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = alerts, pg_temp AS
$$ SELECT * FROM unanswered(before, (SELECT intake.hidden())) AS found
   WHERE found.agency = ANY ((SELECT access.reach())::text[])
   UNION ALL
   SELECT * FROM unanswered(before) AS found
   WHERE found.agency = ANY ((SELECT access.figures())::text[])
     AND found.agency <> ALL ((SELECT access.reach())::text[])
   ORDER BY 1, 2, 3 $$;
REVOKE ALL ON FUNCTION seen_unanswered(timestamptz) FROM PUBLIC;
