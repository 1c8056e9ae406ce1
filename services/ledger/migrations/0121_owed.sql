-- What is owed, by who owes it and by what rule, and by unit, in the order in which a queue shows it: a page
-- takes a few of each, however many others owe by the same rule.
CREATE INDEX gap_owed ON gap (agency, rule, observed, opens_at, gap_id, child_ref)
    INCLUDE (unit, visible_to) WHERE known_to IS NULL AND erased_at IS NULL AND closes_at IS NULL;
CREATE INDEX gap_owed_unit ON gap (agency, unit, rule, opens_at, gap_id, child_ref) INCLUDE (visible_to)
    WHERE known_to IS NULL AND erased_at IS NULL AND closes_at IS NULL AND observed;

-- By the tally: the streams of what the asker may see, narrowed as lists are. `told`: to whom it is shown,
-- where it is another agency that owes it.
SET LOCAL check_function_bodies = off;         -- access comes later
CREATE TYPE stream AS (agency text, rule text, observed boolean, told text[]);
CREATE FUNCTION seen_streams(asked jsonb) RETURNS SETOF stream
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ledger, pg_temp AS
$$ SELECT DISTINCT agency, rule, observed,
          CASE WHEN agency <> ALL ((SELECT access.reach())::text[]) THEN visible_to END
   FROM gap_tally
   WHERE believed <> 0
     AND (agency = ANY ((SELECT access.reach())::text[]) OR visible_to && (SELECT access.own())::text[])
     AND asked - '{state,opens_from,opens_before}'::text[]
         <@ jsonb_build_object('agency', agency, 'rule', rule, 'lesson', lesson, 'kind', kind,
                               'unit', unit, 'observed', observed::text) $$;
REVOKE ALL ON FUNCTION seen_streams(jsonb) FROM PUBLIC;
