-- For subject access: all that is on record of these records' children, whoever did it, in order.
-- Only intake may ask (deploy/grants.sql): it has put on record that it does.
SET LOCAL check_function_bodies = off;         -- the grant on the marks comes later
CREATE FUNCTION looks_of(records text[])
    RETURNS TABLE (at timestamptz, operation text, action text, purpose text, subject text,
                   agency text, role text, row_count int, recipient text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = audit, pg_temp AS
$$ SELECT e.at, e.operation, e.action, e.purpose, e.subject, e.agency, e.role, e.row_count,
          e.recipient
   FROM entries(ARRAY(SELECT mark FROM intake.audit_marks(
            array_fill(1, ARRAY[cardinality(records)]), records,
            array_fill(false, ARRAY[cardinality(records)]),
            array_fill(NULL::text, ARRAY[cardinality(records)]))),
        NULL, NULL, NULL, NULL, NULL, NULL) AS e ORDER BY e.at $$;
REVOKE ALL ON FUNCTION looks_of(text[]) FROM PUBLIC;
