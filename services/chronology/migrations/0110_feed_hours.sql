-- How many events each agency and unit has sent, by the hour of receipt: kept as events are stored, for
-- to read the events of many weeks again takes seconds where there are millions. No child and no
-- event is in it, so erasure leaves it. Who writes at the same time adds to rows of its own.
CREATE TABLE feed_hour (
    hour    timestamptz NOT NULL,
    agency  text NOT NULL,
    unit    text NOT NULL,                     -- '' for none
    writer  int NOT NULL,
    events  bigint NOT NULL,
    PRIMARY KEY (hour, agency, unit, writer)
);
CREATE FUNCTION count_feeds() RETURNS trigger
    LANGUAGE plpgsql SET search_path = chronology, pg_temp AS
$$ BEGIN
    INSERT INTO feed_hour AS held
    SELECT date_trunc('hour', (said ->> 'received_at')::timestamptz, 'UTC'), said ->> 'agency',
           coalesce(said #>> '{facts,practitioner,unit}', ''), pg_backend_pid() % 4, count(*)
    FROM (SELECT CASE WHEN convert_from(body, 'UTF8') IS JSON OBJECT
                      THEN convert_from(body, 'UTF8')::jsonb END AS said
          FROM after OFFSET 0) AS stored                     -- read once, not for each column
    WHERE said ?& '{agency,received_at}'
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (hour, agency, unit, writer) DO UPDATE SET events = held.events + excluded.events;
    RETURN NULL;
END $$;
CREATE TRIGGER event_counted AFTER INSERT ON event REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION count_feeds();

-- Of a year of what there is already, more is never asked for; also for who has loaded events past the
-- trigger.
CREATE FUNCTION count_feeds_anew() RETURNS void LANGUAGE sql SET search_path = chronology, pg_temp AS
$$ DELETE FROM feed_hour;
   INSERT INTO feed_hour
   SELECT date_trunc('hour', (said ->> 'received_at')::timestamptz, 'UTC'), said ->> 'agency',
          coalesce(said #>> '{facts,practitioner,unit}', ''), 0, count(*)
   FROM (SELECT convert_from(body, 'UTF8')::jsonb AS said FROM event
         WHERE stored_at >= now() - interval '1 year' OFFSET 0) AS stored
   WHERE said ?& '{agency,received_at}' GROUP BY 1, 2, 3 $$;
SELECT count_feeds_anew();

CREATE OR REPLACE FUNCTION feed_counts(since timestamptz)
    RETURNS TABLE (agency text, unit text, hour timestamptz, events bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ SELECT agency, nullif(unit, ''), hour, sum(events)::bigint FROM feed_hour
   WHERE hour >= date_trunc('hour', since, 'UTC') GROUP BY 1, 2, 3 $$;
