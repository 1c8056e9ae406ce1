-- What nobody answered for by the end of each week, as far as figures need it: kept as alerts change.
-- Who sees figures alone asks for the last week, and every history was read to count it.

-- Of one history: from which week's end on it is counted (+1), and from which no more (-1).
CREATE FUNCTION weeks_unanswered(history jsonb) RETURNS TABLE (week_end timestamptz, alerts int)
    LANGUAGE sql STABLE AS
$$ WITH line AS (
       SELECT told ->> 'state' AS state, (told ->> 'step')::int AS step,
              (told ->> 'at')::timestamptz AS since, min((told ->> 'at')::timestamptz) OVER (
                  ORDER BY number ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS until
       FROM jsonb_array_elements(history) WITH ORDINALITY AS lines (told, number))
   SELECT (date_trunc('week', at AT TIME ZONE 'Europe/London') + interval '1 week')
              AT TIME ZONE 'Europe/London', sign
   FROM line CROSS JOIN LATERAL (VALUES (since, 1), (until, -1)) AS turned (at, sign)
   WHERE state = 'new' AND step > 1 AND (until IS NULL OR since < until) AND at IS NOT NULL $$;
REVOKE ALL ON FUNCTION weeks_unanswered(jsonb) FROM PUBLIC;

CREATE TABLE week_tally (
    agency    text NOT NULL,
    rule      text NOT NULL,
    week_end  timestamptz NOT NULL,            -- midnight in London, as Monday begins
    writer    int NOT NULL,                    -- as in alert_tally
    alerts    bigint NOT NULL,                 -- more than at the end of the week before
    PRIMARY KEY (agency, rule, week_end, writer)
);

CREATE FUNCTION tally_weeks() RETURNS trigger
    LANGUAGE plpgsql SET search_path = alerts, pg_temp AS
$$ BEGIN
    EXECUTE format(
        'INSERT INTO week_tally AS held
         SELECT agency, rule, week_end, pg_backend_pid() %% 4, sum(sign * alerts)
         FROM (%s) AS changed CROSS JOIN LATERAL weeks_unanswered(history)
         GROUP BY 1, 2, 3 HAVING sum(sign * alerts) <> 0 ORDER BY 1, 2, 3
         ON CONFLICT (agency, rule, week_end, writer) DO UPDATE SET alerts = held.alerts + excluded.alerts',
        concat_ws(' UNION ALL ',
            CASE WHEN TG_OP <> 'INSERT' THEN 'SELECT agency, rule, history, -1 AS sign FROM before' END,
            CASE WHEN TG_OP <> 'DELETE' THEN 'SELECT agency, rule, history, 1 AS sign FROM after' END));
    RETURN NULL;
END $$;
CREATE TRIGGER alert_begun_weeks AFTER INSERT ON alert REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION tally_weeks();
CREATE TRIGGER alert_changed_weeks AFTER UPDATE ON alert
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION tally_weeks();
CREATE TRIGGER alert_gone_weeks AFTER DELETE ON alert REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION tally_weeks();

-- Of what there is already; also for who has loaded alerts past the triggers.
CREATE OR REPLACE FUNCTION tally_anew() RETURNS void LANGUAGE sql SET search_path = alerts, pg_temp AS
$$ DELETE FROM alert_tally;
   INSERT INTO alert_tally
   SELECT agency, visible_to, rule, kind, urgency, coalesce(unit, ''), state, 0, count(*)
   FROM alert GROUP BY 1, 2, 3, 4, 5, 6, 7;
   DELETE FROM week_tally;
   INSERT INTO week_tally
   SELECT agency, rule, week_end, 0, sum(alerts)
   FROM alert CROSS JOIN LATERAL weeks_unanswered(history)
   GROUP BY 1, 2, 3 HAVING sum(alerts) <> 0 $$;
SELECT tally_anew();

-- By the end of a week, for who sees figures and no rows: figures count everybody.
SET LOCAL check_function_bodies = off;         -- access comes later
CREATE FUNCTION seen_weeks(before timestamptz) RETURNS TABLE (agency text, rule text, alerts bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = alerts, pg_temp AS
$$ SELECT agency, rule, sum(alerts)::bigint FROM week_tally
   WHERE week_end <= before AND agency = ANY ((SELECT access.figures())::text[])
   GROUP BY 1, 2 HAVING sum(alerts) <> 0 ORDER BY 1, 2 $$;
REVOKE ALL ON FUNCTION seen_weeks(timestamptz) FROM PUBLIC;
