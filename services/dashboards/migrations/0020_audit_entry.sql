-- The rows that there are, in the new shape; the old table held refs that could not be erased.
-- Only where there are any: on a new database intake has granted nobody its marks yet.
DO $$ BEGIN
    IF EXISTS (SELECT FROM audit) THEN
        INSERT INTO audit_entry (at, operation, action, purpose, subject, agency, role, marks,
                                 row_count, correlation)
        SELECT a.at, 'consultation', a.action, a.purpose, a.subject, a.agency, a.role,
               coalesce((SELECT array_agg(DISTINCT mark ORDER BY mark)
                         FROM intake.audit_marks('{1}', ARRAY[a.child_ref], '{true}', '{null}')),
                        '{}'),
               a.row_count, 'before-' || a.seq
        FROM audit a ORDER BY a.seq;
    END IF;
END $$;
DROP TABLE audit;
DROP FUNCTION refuse_change();
