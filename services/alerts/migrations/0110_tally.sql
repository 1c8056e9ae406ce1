-- How many alerts there are, by all that the queue is narrowed by and by how they stand: kept as alerts
-- change, as the ledger keeps its tally of gaps. Who writes at the same time adds to rows of its own
-- (`writer`), so that nobody waits.
CREATE TABLE alert_tally (
    agency      text NOT NULL,
    visible_to  text[] NOT NULL,
    rule        text NOT NULL,
    kind        text NOT NULL,
    urgency     text NOT NULL,
    unit        text NOT NULL,                 -- '' for none
    state       text NOT NULL,
    writer      int NOT NULL,
    alerts      bigint NOT NULL,
    PRIMARY KEY (agency, rule, kind, urgency, unit, state, visible_to, writer)
);

CREATE FUNCTION tally_alerts() RETURNS trigger
    LANGUAGE plpgsql SET search_path = alerts, pg_temp AS
$$ DECLARE changed record; BEGIN
    FOR changed IN SELECT * FROM (VALUES ('before', -1), ('after', 1)) AS c (side, sign)
                   WHERE (side, TG_OP) NOT IN (('before', 'INSERT'), ('after', 'DELETE')) LOOP
        EXECUTE format(
            'INSERT INTO alert_tally AS held
             SELECT agency, visible_to, rule, kind, urgency, coalesce(unit, ''''), state,
                    pg_backend_pid() %% 16, $1 * count(*)
             FROM %I GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
             ON CONFLICT (agency, rule, kind, urgency, unit, state, visible_to, writer) DO UPDATE
             SET alerts = held.alerts + excluded.alerts',
            changed.side) USING changed.sign;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER alert_begun_tally AFTER INSERT ON alert REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION tally_alerts();
CREATE TRIGGER alert_changed_tally AFTER UPDATE ON alert
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION tally_alerts();
CREATE TRIGGER alert_gone_tally AFTER DELETE ON alert REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION tally_alerts();

-- Of what there is already; also for who has loaded alerts past the triggers.
CREATE FUNCTION tally_anew() RETURNS void LANGUAGE sql SET search_path = alerts, pg_temp AS
$$ DELETE FROM alert_tally;
   INSERT INTO alert_tally
   SELECT agency, visible_to, rule, kind, urgency, coalesce(unit, ''), state, 0, count(*)
   FROM alert GROUP BY 1, 2, 3, 4, 5, 6, 7 $$;
SELECT tally_anew();

-- What the asker may see of it; restricted children are taken out again.
SET LOCAL check_function_bodies = off;         -- access and intake's grant come later
CREATE FUNCTION seen_tally()
    RETURNS TABLE (agency text, rule text, kind text, urgency text, unit text, state text,
                   alerts bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = alerts, pg_temp AS
$$ WITH counted AS (
       SELECT agency, visible_to, rule, kind, urgency, unit, state, alerts FROM alert_tally
       UNION ALL
       SELECT agency, visible_to, rule, kind, urgency, coalesce(unit, ''), state, -count(*)
       FROM alert WHERE child_ref = ANY ((SELECT intake.hidden())::text[])
       GROUP BY 1, 2, 3, 4, 5, 6, 7)
   SELECT agency, rule, kind, urgency, unit, state, sum(alerts)::bigint FROM counted
   WHERE agency = ANY ((SELECT access.reach())::text[]) OR visible_to && (SELECT access.own())::text[]
   GROUP BY 1, 2, 3, 4, 5, 6 $$;
REVOKE ALL ON FUNCTION seen_tally() FROM PUBLIC;
