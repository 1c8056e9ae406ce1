-- What the measures count: one row for each unit of a denominator, believed from and to as gaps are.
CREATE TABLE fact (
    child_ref     text NOT NULL,
    unit_id       uuid NOT NULL,
    measure       text NOT NULL,
    version       int NOT NULL,                -- of the measure's definition
    day           date NOT NULL,               -- in London, on which it counts
    state         text NOT NULL CHECK (state IN ('met', 'missed', 'missing', 'not-judged')),
    agency        text NOT NULL,
    unit          text NOT NULL,
    area          text NOT NULL,
    sex           text NOT NULL,
    ethnicity     text NOT NULL,
    age           text NOT NULL,
    referral_ref  text,
    source        text NOT NULL,               -- the event that it hangs on
    event         text NOT NULL,
    known_from    timestamptz NOT NULL,
    known_to      timestamptz,
    erased_at     timestamptz,                 -- the child was erased then: refs are new
    PRIMARY KEY (child_ref, unit_id, known_from),
    CHECK (known_to IS NULL OR known_to > known_from)
);
CREATE INDEX fact_current ON fact (child_ref) WHERE known_to IS NULL;
CREATE INDEX fact_day ON fact (measure, day);
CREATE INDEX fact_begun ON fact (known_from);
CREATE INDEX fact_ended ON fact (known_to) WHERE known_to IS NOT NULL;

-- The same, counted: by month and agency, and by none, one or two of unit, area, sex, ethnicity, age.
-- What was believed in a month of belief changed the count by so much; the sum is what is believed.
CREATE TABLE rollup (
    measure     text NOT NULL,
    by_one      text NOT NULL,                 -- '' for none
    by_two      text NOT NULL,
    agency      text NOT NULL,
    month       date NOT NULL,                 -- in which it counts
    one         text NOT NULL,
    two         text NOT NULL,
    believed    date NOT NULL,                 -- the month, of UTC, in which belief changed
    units       bigint NOT NULL,               -- met or missed
    met         bigint NOT NULL,
    missing     bigint NOT NULL,
    not_judged  bigint NOT NULL,
    PRIMARY KEY (measure, by_one, by_two, agency, month, one, two, believed)
);

-- Adds to the counts what changed at one tick of the belief clock, whose lock the caller holds.
CREATE TYPE dimension AS (name text, held text);
CREATE FUNCTION roll_up(tick timestamptz) RETURNS void LANGUAGE sql AS
$$ WITH changed AS (
       SELECT 1 AS by, measure, agency, date_trunc('month', day)::date AS month,
              unit, area, sex, ethnicity, age, state
       FROM fact WHERE known_from = tick
       UNION ALL
       SELECT -1, measure, agency, date_trunc('month', day)::date, unit, area, sex, ethnicity, age, state
       FROM fact WHERE known_to = tick)
   INSERT INTO rollup AS held
   SELECT measure, coalesce(place[1].name, ''), coalesce(place[2].name, ''), agency, month,
          coalesce(place[1].held, ''), coalesce(place[2].held, ''),
          date_trunc('month', tick, 'UTC')::date, units, met, missing, not_judged
   FROM (
       SELECT measure, agency, month, ARRAY_REMOVE(ARRAY[
                  CASE WHEN GROUPING(age) = 0 THEN ROW('age', age)::dimension END,
                  CASE WHEN GROUPING(area) = 0 THEN ROW('area', area)::dimension END,
                  CASE WHEN GROUPING(ethnicity) = 0 THEN ROW('ethnicity', ethnicity)::dimension END,
                  CASE WHEN GROUPING(sex) = 0 THEN ROW('sex', sex)::dimension END,
                  CASE WHEN GROUPING(unit) = 0 THEN ROW('unit', unit)::dimension END], NULL) AS place,
              coalesce(sum(by) FILTER (WHERE state IN ('met', 'missed')), 0) AS units,
              coalesce(sum(by) FILTER (WHERE state = 'met'), 0) AS met,
              coalesce(sum(by) FILTER (WHERE state = 'missing'), 0) AS missing,
              coalesce(sum(by) FILTER (WHERE state = 'not-judged'), 0) AS not_judged
       FROM changed
       GROUP BY measure, agency, month, GROUPING SETS (
           (), (unit), (area), (sex), (ethnicity), (age), (unit, area), (unit, sex), (unit, ethnicity),
           (unit, age), (area, sex), (area, ethnicity), (area, age), (sex, ethnicity), (sex, age),
           (ethnicity, age))
   ) AS counted
   WHERE (units, met, missing, not_judged) <> (0, 0, 0, 0)
   ON CONFLICT (measure, by_one, by_two, agency, month, one, two, believed) DO UPDATE SET
       (units, met, missing, not_judged) = (held.units + excluded.units, held.met + excluded.met,
           held.missing + excluded.missing, held.not_judged + excluded.not_judged) $$;

CREATE UNLOGGED TABLE rebuild_fact (LIKE fact);
ALTER TABLE rebuild_fact DROP COLUMN known_from, DROP COLUMN known_to, DROP COLUMN erased_at;
CREATE INDEX rebuild_fact_name ON rebuild_fact (child_ref, unit_id);

-- Counts as who asks sees them, and the cases behind them.
CREATE VIEW seen_rollup WITH (security_invoker = true) AS SELECT * FROM rollup;
CREATE VIEW seen_fact WITH (security_invoker = true) AS SELECT * FROM fact;

-- The part of a count that the rollup does not cut. Counts alone leave it, hidden and erased children
-- among them. Of some days, as believed at a moment:
SET LOCAL check_function_bodies = off;         -- access comes with the owner
CREATE FUNCTION place(of fact, dimension text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE dimension WHEN 'unit' THEN of.unit WHEN 'area' THEN of.area WHEN 'sex' THEN of.sex
          WHEN 'ethnicity' THEN of.ethnicity WHEN 'age' THEN of.age ELSE '' END $$;
CREATE FUNCTION counted_days(wanted text, since date, before date, known timestamptz,
                             by_one text, by_two text)
    RETURNS TABLE (agency text, month date, one text, two text,
                   units bigint, met bigint, missing bigint, not_judged bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ledger, pg_temp AS
$$ SELECT agency, date_trunc('month', day)::date, place(fact, by_one), place(fact, by_two),
          count(*) FILTER (WHERE state IN ('met', 'missed')), count(*) FILTER (WHERE state = 'met'),
          count(*) FILTER (WHERE state = 'missing'), count(*) FILTER (WHERE state = 'not-judged')
   FROM fact
   WHERE measure = wanted AND day >= since AND day < before
     AND known_from <= known AND (known_to IS NULL OR known_to > known)
     AND agency = ANY ((SELECT access.reach())::text[])
   GROUP BY 1, 2, 3, 4 $$;
-- And how belief changed since a moment, up to another:
CREATE FUNCTION counted_changes(wanted text, since date, before date, after timestamptz,
                                known timestamptz, by_one text, by_two text)
    RETURNS TABLE (agency text, month date, one text, two text,
                   units bigint, met bigint, missing bigint, not_judged bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ledger, pg_temp AS
$$ WITH changed AS (
       SELECT 1 AS by, state, agency, date_trunc('month', day)::date AS month,
              place(fact, by_one) AS one, place(fact, by_two) AS two
       FROM fact WHERE known_from >= after AND known_from <= known
                   AND measure = wanted AND day >= since AND day < before
       UNION ALL
       SELECT -1, state, agency, date_trunc('month', day)::date, place(fact, by_one), place(fact, by_two)
       FROM fact WHERE known_to >= after AND known_to <= known
                   AND measure = wanted AND day >= since AND day < before)
   SELECT agency, month, one, two,
          coalesce(sum(by) FILTER (WHERE state IN ('met', 'missed')), 0),
          coalesce(sum(by) FILTER (WHERE state = 'met'), 0),
          coalesce(sum(by) FILTER (WHERE state = 'missing'), 0),
          coalesce(sum(by) FILTER (WHERE state = 'not-judged'), 0)
   FROM changed WHERE agency = ANY ((SELECT access.reach())::text[])
   GROUP BY 1, 2, 3, 4 $$;
REVOKE ALL ON FUNCTION counted_days(text, date, date, timestamptz, text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION counted_changes(text, date, date, timestamptz, timestamptz, text, text)
    FROM PUBLIC;
