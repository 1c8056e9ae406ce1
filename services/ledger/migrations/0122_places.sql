-- What is believed now, by who owes it and who else is shown it: a page of a list takes a few of each such
-- stream. Without, an agency that is shown little has all gaps of all others read for it. What has an end
-- stands apart: it grows for ever, and who asks what is open does not want it.
CREATE INDEX gap_once ON gap (agency, rule, observed, opens_at, gap_id, child_ref) INCLUDE (unit)
    WHERE known_to IS NULL AND erased_at IS NULL AND closes_at IS NOT NULL;
CREATE INDEX gap_told ON gap (visible_to, agency, rule, observed, opens_at, gap_id, child_ref)
    INCLUDE (unit)
    WHERE known_to IS NULL AND erased_at IS NULL AND closes_at IS NULL AND visible_to <> '{}';
CREATE INDEX gap_told_once ON gap (visible_to, agency, rule, observed, opens_at, gap_id, child_ref)
    INCLUDE (unit)
    WHERE known_to IS NULL AND erased_at IS NULL AND closes_at IS NOT NULL AND visible_to <> '{}';

SET LOCAL check_function_bodies = off;         -- access and intake's grant come later
-- Where the next so many stand that the asker may see, after a place; of each stream as many, in no order.
-- As it was believed at a moment: what is believed now and was then, and what has ended since.
CREATE FUNCTION seen_places(asked jsonb, as_of timestamptz, known timestamptz, after_at timestamptz,
                            after_gap uuid, after_child text, most int)
    RETURNS TABLE (opens_at timestamptz, gap_id uuid, child_ref text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ledger, pg_temp AS
$$ DECLARE
    state text := asked ->> 'state';
    since timestamptz := coalesce(greatest((asked ->> 'opens_from')::timestamptz,
        CASE state WHEN 'upcoming' THEN as_of + interval '1 microsecond' END), '-infinity');
    before timestamptz := coalesce(least((asked ->> 'opens_before')::timestamptz,
        CASE state WHEN 'open' THEN as_of + interval '1 microsecond' END), 'infinity');
    hidden text[] := intake.hidden();
    streams stream[] := ARRAY(SELECT each FROM seen_streams(asked) AS each);
    branch record;
BEGIN
    FOR branch IN
        SELECT * FROM (VALUES
            ('told IS NULL', 'true'),
            ('told IS NOT NULL', $q$visible_to = stream.told AND visible_to <> '{}'$q$)) AS a (which, side),
        (VALUES ('closes_at IS NULL', state IS DISTINCT FROM 'closed'),
                ('closes_at IS NOT NULL', state IS NULL),
                ('closes_at <= $2', state = 'closed'),
                ('closes_at > $2', state IN ('open', 'upcoming'))) AS b (ending, wanted)
        WHERE wanted AND (side = 'true' OR EXISTS (SELECT FROM unnest(streams) WHERE told IS NOT NULL))
    LOOP
        RETURN QUERY EXECUTE format(
            'SELECT found.* FROM (SELECT * FROM unnest($10) WHERE %s) AS stream CROSS JOIN LATERAL (
                 SELECT gap.opens_at, gap.gap_id, gap.child_ref FROM gap
                 WHERE (gap.agency, gap.rule, gap.observed) = (stream.agency, stream.rule, stream.observed)
                   AND %s AND %s AND known_to IS NULL AND erased_at IS NULL
                   AND known_from <= $11 AND gap.opens_at >= $3 AND gap.opens_at < $4 AND NOT gap.child_ref = ANY ($5)
                   AND ($1 ->> ''kind'' IS NULL OR kind = $1 ->> ''kind'')
                   AND ($1 ->> ''lesson'' IS NULL OR lesson = $1 ->> ''lesson'')
                   AND ($1 ->> ''unit'' IS NULL OR unit = $1 ->> ''unit'')
                   AND ($6 IS NULL OR (gap.opens_at, gap.gap_id, gap.child_ref) > ($6, $7, $8))
                 ORDER BY gap.opens_at, gap.gap_id, gap.child_ref LIMIT $9) AS found',
            branch.which, branch.side, branch.ending)
            USING asked, as_of, since, before, hidden, after_at, after_gap, after_child, most, streams, known;
    END LOOP;
    RETURN QUERY SELECT gap.opens_at, gap.gap_id, gap.child_ref FROM gap
        WHERE known_to > known AND known_from <= known AND erased_at IS NULL
          AND NOT gap.child_ref = ANY (hidden)
          AND (agency = ANY ((SELECT access.reach())::text[])
               OR visible_to && (SELECT access.own())::text[])
          AND asked - '{state,opens_from,opens_before}'::text[]
              <@ jsonb_build_object('agency', agency, 'rule', rule, 'lesson', lesson, 'kind', kind,
                                    'unit', unit, 'observed', observed::text)
          AND gap.opens_at >= since AND gap.opens_at < before
          AND (state IS DISTINCT FROM 'closed' OR closes_at <= as_of)
          AND (state IS NULL OR state = 'closed' OR closes_at IS NULL OR closes_at > as_of)
          AND (after_at IS NULL
               OR (gap.opens_at, gap.gap_id, gap.child_ref) > (after_at, after_gap, after_child))
        ORDER BY gap.opens_at, gap.gap_id, gap.child_ref LIMIT most;
END $$;
REVOKE ALL ON FUNCTION seen_places(jsonb, timestamptz, timestamptz, timestamptz, uuid, text, int)
    FROM PUBLIC;
