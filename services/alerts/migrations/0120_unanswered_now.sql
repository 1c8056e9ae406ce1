-- What nobody had answered for at a moment is told by how alerts stand now, but for those that changed
-- since: of these alone the histories are read. All were.
ALTER TABLE alert ADD COLUMN began_at timestamptz, ADD COLUMN changed_at timestamptz;
CREATE FUNCTION note_span() RETURNS trigger
    LANGUAGE plpgsql SET search_path = alerts, pg_temp AS
$$ BEGIN
    SELECT min((line ->> 'at')::timestamptz), max((line ->> 'at')::timestamptz)
    INTO NEW.began_at, NEW.changed_at FROM jsonb_array_elements(NEW.history) AS told (line);
    RETURN NEW;
END $$;
CREATE TRIGGER alert_spans BEFORE INSERT OR UPDATE OF history ON alert
    FOR EACH ROW EXECUTE FUNCTION note_span();

ALTER TABLE alert DISABLE TRIGGER USER;        -- what is tallied does not change
UPDATE alert SET (began_at, changed_at) = (
    SELECT min((line ->> 'at')::timestamptz), max((line ->> 'at')::timestamptz)
    FROM jsonb_array_elements(history) AS told (line));
ALTER TABLE alert ENABLE TRIGGER USER;

CREATE INDEX alert_unanswered ON alert (agency, unit, rule, kind)
    INCLUDE (step, due_at, child_ref, changed_at) WHERE state = 'new' AND step > 1;
CREATE INDEX alert_span ON alert USING gist (tstzrange(began_at, changed_at, '[]'));

CREATE OR REPLACE FUNCTION unanswered(before timestamptz, left_out text[] DEFAULT '{}')
    RETURNS TABLE (agency text, unit text, rule text, kind text, alerts bigint, highest_step int,
                   first_due timestamptz)
    LANGUAGE sql STABLE AS
$$ SELECT agency, unit, rule, kind, count(*), max(step), min(due_at)
   FROM (
       SELECT agency, unit, rule, kind, step, due_at, child_ref FROM alert
       WHERE state = 'new' AND step > 1 AND changed_at < before
       UNION ALL
       SELECT agency, unit, rule, kind, stood.step, due_at, child_ref
       FROM alert CROSS JOIN LATERAL (
           SELECT line ->> 'state' AS state, (line ->> 'step')::int AS step
           FROM jsonb_array_elements(alert.history) WITH ORDINALITY AS told (line, number)
           WHERE (line ->> 'at')::timestamptz < before ORDER BY number DESC LIMIT 1) AS stood
       WHERE tstzrange(began_at, changed_at, '[]') @> before
         AND stood.state = 'new' AND stood.step > 1) AS alert
   WHERE child_ref IS NULL OR child_ref <> ALL (left_out)
   GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3 $$;
