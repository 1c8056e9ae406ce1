-- Alerts that nobody had answered for at a moment, beyond the first step of their ladder: counts by
-- agency, unit and rule. As it stood then: by the last line of each history that is not later.
CREATE FUNCTION unanswered(before timestamptz)
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
   GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3 $$;
REVOKE ALL ON FUNCTION unanswered(timestamptz) FROM PUBLIC;

-- The same for who asks: of the agencies whose rows or figures they see.
CREATE FUNCTION seen_unanswered(before timestamptz)
    RETURNS TABLE (agency text, unit text, rule text, kind text, alerts bigint, highest_step int,
                   first_due timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = alerts, pg_temp AS
$$ SELECT * FROM unanswered(before) AS found
   WHERE found.agency = ANY ((SELECT access.reach() || access.figures())::text[]) $$;
REVOKE ALL ON FUNCTION seen_unanswered(timestamptz) FROM PUBLIC;
