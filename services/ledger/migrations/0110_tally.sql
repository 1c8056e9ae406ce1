-- How many gaps are believed now, and how many of them have an end, by all that lists are narrowed by.
-- Kept as gaps change, whoever changes them: to count them anew takes a second where a million
-- children are on record, and every list says how many there are.
CREATE TABLE gap_tally (
    agency      text NOT NULL,
    visible_to  text[] NOT NULL,
    rule        text NOT NULL,
    lesson      text NOT NULL,
    kind        text NOT NULL,
    unit        text NOT NULL,                 -- '' for none
    observed    boolean NOT NULL,
    believed    bigint NOT NULL,
    ended       bigint NOT NULL,               -- whenever: also in days to come
    PRIMARY KEY (agency, rule, lesson, kind, unit, observed, visible_to)
);

-- Rows are taken in their order, so that two who write at once wait for each other and no more.
CREATE FUNCTION tally_gaps() RETURNS trigger
    LANGUAGE plpgsql SET search_path = ledger, pg_temp AS
$$ DECLARE changed record; BEGIN
    FOR changed IN SELECT * FROM (VALUES ('before', -1), ('after', 1)) AS c (side, sign)
                   WHERE (side, TG_OP) NOT IN (('before', 'INSERT'), ('after', 'DELETE')) LOOP
        EXECUTE format(
            'INSERT INTO gap_tally AS held
             SELECT agency, visible_to, rule, lesson, kind, coalesce(unit, ''''), observed,
                    $1 * count(*), $1 * count(closes_at)
             FROM %I WHERE known_to IS NULL AND erased_at IS NULL
             GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
             ON CONFLICT (agency, rule, lesson, kind, unit, observed, visible_to) DO UPDATE
             SET (believed, ended) = (held.believed + excluded.believed, held.ended + excluded.ended)',
            changed.side) USING changed.sign;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER gap_begun_tally AFTER INSERT ON gap REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION tally_gaps();
CREATE TRIGGER gap_changed_tally AFTER UPDATE ON gap REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION tally_gaps();
CREATE TRIGGER gap_gone_tally AFTER DELETE ON gap REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION tally_gaps();

-- Of what there is already; also for who has loaded gaps past the triggers.
CREATE FUNCTION tally_anew() RETURNS void LANGUAGE sql SET search_path = ledger, pg_temp AS
$$ DELETE FROM gap_tally;
   INSERT INTO gap_tally
   SELECT agency, visible_to, rule, lesson, kind, coalesce(unit, ''), observed, count(*), count(closes_at)
   FROM gap WHERE known_to IS NULL AND erased_at IS NULL GROUP BY 1, 2, 3, 4, 5, 6, 7 $$;
SELECT tally_anew();

-- What is still to come, and what ends in days to come: counted beside the tally, without its rows.
CREATE INDEX gap_ahead ON gap (opens_at)
    INCLUDE (agency, visible_to, rule, lesson, kind, unit, observed)
    WHERE known_to IS NULL AND erased_at IS NULL AND closes_at IS NULL;
CREATE INDEX gap_closing ON gap (closes_at)
    INCLUDE (agency, visible_to, rule, lesson, kind, unit, observed, opens_at)
    WHERE known_to IS NULL AND erased_at IS NULL AND closes_at IS NOT NULL;

-- What the asker may see of it as at a moment; restricted children are taken out again.
SET LOCAL check_function_bodies = off;         -- access and intake's grant come later
CREATE FUNCTION seen_tally(as_of timestamptz)
    RETURNS TABLE (agency text, rule text, lesson text, kind text, unit text, observed boolean,
                   believed bigint, upcoming bigint, closed bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ledger, pg_temp AS
$$ WITH counted AS (
       SELECT agency, visible_to, rule, lesson, kind, unit, observed, believed, 0 AS upcoming,
              ended AS closed
       FROM gap_tally
       UNION ALL
       SELECT agency, visible_to, rule, lesson, kind, coalesce(unit, ''), observed, 0, count(*), 0
       FROM gap WHERE opens_at > as_of AND known_to IS NULL AND erased_at IS NULL AND closes_at IS NULL
       GROUP BY 1, 2, 3, 4, 5, 6, 7
       UNION ALL
       SELECT agency, visible_to, rule, lesson, kind, coalesce(unit, ''), observed, 0,
              count(*) FILTER (WHERE opens_at > as_of), -count(*)
       FROM gap WHERE closes_at > as_of AND known_to IS NULL AND erased_at IS NULL
                  AND closes_at IS NOT NULL
       GROUP BY 1, 2, 3, 4, 5, 6, 7
       UNION ALL
       SELECT agency, visible_to, rule, lesson, kind, coalesce(unit, ''), observed, -count(*),
              -count(*) FILTER (WHERE opens_at > as_of), -count(*) FILTER (WHERE closes_at <= as_of)
       FROM gap WHERE child_ref = ANY ((SELECT intake.hidden())::text[])
                  AND known_to IS NULL AND erased_at IS NULL
       GROUP BY 1, 2, 3, 4, 5, 6, 7)
   SELECT agency, rule, lesson, kind, unit, observed,
          sum(believed)::bigint, sum(upcoming)::bigint, sum(closed)::bigint
   FROM counted
   WHERE agency = ANY ((SELECT access.reach())::text[]) OR visible_to && (SELECT access.own())::text[]
   GROUP BY 1, 2, 3, 4, 5, 6 $$;
REVOKE ALL ON FUNCTION seen_tally(timestamptz) FROM PUBLIC;

-- What is owed by one rule is a filter of every list: without its own order all rules' gaps are read.
CREATE INDEX gap_rule ON gap (rule, opens_at, gap_id, child_ref)
    INCLUDE (agency, visible_to, observed, closes_at) WHERE known_to IS NULL AND erased_at IS NULL;
