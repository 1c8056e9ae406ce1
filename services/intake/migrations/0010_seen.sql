-- How far the events of the asker's own agency have come. Whether they are judged depends on other
-- agencies' records too, of which nothing is told but that.
SET LOCAL check_function_bodies = off;         -- chronology's and ledger's views come later
CREATE FUNCTION positions(asked_for text[])
    RETURNS TABLE (receipt text, received_at timestamptz, published_at timestamptz, child_ref text,
                   in_chronology boolean, stored_at timestamptz, judged boolean,
                   judged_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = intake, pg_temp AS
$$
WITH asked AS MATERIALIZED (
    SELECT e.receipt, e.source, e.id, e.received_at, e.published_at, e.matched_at, e.record_ref,
           p.child_ref, p.child_version, p.stored_at,
           coalesce((p.feature_version, p.revision) >= (e.feature_version, e.revision), false)
               AS in_chronology
    FROM event e LEFT JOIN chronology.event_position p ON p.source = e.source AND p.id = e.id
    WHERE e.receipt = ANY(asked_for) AND e.agency = ANY ((SELECT access.own())::text[])),
caused AS MATERIALIZED (
    SELECT f.receipt, f.record_ref, f.link_version, f.source, f.id, f.revision
    FROM asked JOIN effect f USING (receipt)),
pending AS (
    SELECT f.receipt FROM caused f
    LEFT JOIN chronology.record_position r ON r.record_ref = f.record_ref
    WHERE f.record_ref IS NOT NULL AND coalesce(r.link_version, -1) < f.link_version
    UNION ALL
    SELECT f.receipt FROM caused f
    LEFT JOIN chronology.event_position p ON p.source = f.source AND p.id = f.id
    WHERE f.source IS NOT NULL AND coalesce(p.revision, -1) < f.revision),
wanted AS MATERIALIZED (
    SELECT receipt, child_ref, child_version AS version FROM asked WHERE child_ref IS NOT NULL
    UNION ALL
    SELECT f.receipt, c.child_ref, c.version FROM caused f
    JOIN chronology.move_position m USING (record_ref, link_version)
    CROSS JOIN LATERAL
        (VALUES (m.from_child, m.from_version), (m.to_child, m.to_version)) c(child_ref, version)
    UNION ALL
    SELECT f.receipt, p.child_ref, p.child_version FROM caused f
    JOIN chronology.event_position p ON p.source = f.source AND p.id = f.id
    WHERE p.child_ref IS NOT NULL
    UNION ALL
    SELECT a.receipt, t.child_ref, t.child_version FROM asked a
    JOIN chronology.touch_position t ON t.source = a.source AND t.id = a.id),
answers AS (
    SELECT w.receipt, bool_and(coalesce(v.version >= w.version, false)) AS given,
           max(v.answered_at) AS answered_at
    FROM wanted w CROSS JOIN ledger.deployed_judge j
    LEFT JOIN ledger.verdict_position v ON v.child_ref = w.child_ref AND v.judge = j.name
    GROUP BY w.receipt)
SELECT a.receipt, a.received_at, a.published_at, a.child_ref, a.in_chronology, a.stored_at,
       a.in_chronology AND a.matched_at IS NOT NULL AND coalesce(
               n.given, NOT EXISTS (SELECT FROM wanted w WHERE w.receipt = a.receipt))
           AND NOT EXISTS (SELECT FROM pending p WHERE p.receipt = a.receipt) AS judged,
       greatest(n.answered_at, a.stored_at, a.matched_at) AS judged_at
FROM asked a LEFT JOIN answers n USING (receipt)
$$;
REVOKE ALL ON FUNCTION positions(text[]) FROM PUBLIC;
