-- Audit rows name a child by digests of its records. Their secret is a record's and dies with it:
-- who erases a record sets audit_salt to null, and no row tells any more whose it was.
ALTER TABLE record ADD COLUMN audit_salt bytea DEFAULT uuid_send(gen_random_uuid());

COMMENT ON COLUMN record.audit_salt IS 'Secret of this record''s marks in audit rows; null once erased.';

-- The marks of records, and of the thing that was asked for, by place: the same length each, so that
-- `places`, `refs`, `whole` and `things` are four columns of one table. `whole`: the ref is a child's,
-- and all records that make up the child are meant. What is not held, or erased, has no mark.
CREATE FUNCTION audit_marks(places int[], refs text[], whole boolean[], things text[])
    RETURNS TABLE (place int, mark bytea)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = intake, pg_temp AS
$$ WITH asked AS (
       SELECT * FROM unnest(places, refs, whole, things) AS n (place, ref, whole, thing)),
   held AS (
       SELECT asked.place, asked.thing, record_ref, audit_salt
       FROM asked JOIN record ON record_ref = asked.ref
       UNION
       SELECT asked.place, asked.thing, record_ref, audit_salt
       FROM asked JOIN record ON asked.whole AND child_ref = asked.ref)
   SELECT place, substr(sha256(audit_salt || convert_to(named, 'UTF8')), 1, 16)
   FROM held CROSS JOIN LATERAL (VALUES (record_ref), (thing)) AS n (named)
   WHERE audit_salt IS NOT NULL AND named IS NOT NULL $$;
REVOKE ALL ON FUNCTION audit_marks(int[], text[], boolean[], text[]) FROM PUBLIC;
DO $$ BEGIN  -- for the rows that it moves in its next migration, before deploy/grants.sql is run
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'dashboards') THEN
        GRANT USAGE ON SCHEMA intake TO dashboards;
        GRANT EXECUTE ON FUNCTION audit_marks(int[], text[], boolean[], text[]) TO dashboards;
    END IF;
END $$;

-- The rows that there are, in the new shape; the old table held refs that could not be erased.
WITH begun AS MATERIALIZED (SELECT pg_current_xact_id())
INSERT INTO audit_entry (at, operation, action, purpose, subject, agency, role, marks, row_count,
                         correlation)
SELECT a.at, 'consultation', a.action, a.purpose, a.subject, a.agency, a.role,
       coalesce((SELECT array_agg(DISTINCT mark ORDER BY mark)
                 FROM audit_marks('{1}', ARRAY[coalesce(a.child_ref, e.record_ref)],
                                  ARRAY[a.child_ref IS NOT NULL], ARRAY[a.receipt])), '{}'),
       a.row_count, 'before-' || a.seq
FROM audit a LEFT JOIN event e ON e.receipt = a.receipt CROSS JOIN begun ORDER BY a.seq;
DROP TABLE audit;
DROP FUNCTION refuse_change();
