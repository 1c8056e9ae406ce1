-- The record of all schemas is read by two functions, each for the role that asks (deploy/access.sql).
-- Neither gives a mark away: who is marked is asked for and never told.
CREATE FUNCTION entries(marked bytea[], operations text[], since timestamptz, before timestamptz,
                        who text, whose text, most int)
    RETURNS TABLE (at timestamptz, operation text, action text, purpose text, subject text,
                   agency text, role text, row_count int, recipient text, correlation text)
    LANGUAGE plpgsql STABLE SET search_path = audit, pg_temp AS
$$ DECLARE kept record; BEGIN
    FOR kept IN SELECT nspname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                WHERE relname = 'audit_entry' AND relkind = 'r'
                  AND has_schema_privilege(pg_namespace.oid, 'USAGE')
                  AND has_table_privilege(pg_class.oid, 'SELECT') LOOP
        RETURN QUERY EXECUTE format(
            'SELECT at, operation, action, purpose, subject, agency, role, row_count, recipient,
                    correlation FROM %I.audit_entry
             WHERE ($1 IS NULL OR marks && $1) AND ($2 IS NULL OR operation = ANY ($2))
               AND ($3 IS NULL OR at >= $3) AND ($4 IS NULL OR at < $4)
               AND ($5 IS NULL OR subject = $5) AND ($6 IS NULL OR agency = $6)
             ORDER BY at DESC LIMIT $7', kept.nspname)
            USING marked, operations, since, before, who, whose, most;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION entries(bytea[], text[], timestamptz, timestamptz, text, text, int) FROM PUBLIC;

-- Who has looked at these records: for whoever answers for the agency or reviews it. Another agency's
-- look is told without its name: it would say that the child is known there.
CREATE FUNCTION accesses(records text[], most int)
    RETURNS TABLE (at timestamptz, operation text, action text, purpose text, subject text,
                   agency text, role text, row_count int)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = audit, pg_temp AS
$$ DECLARE marked bytea[]; BEGIN
    IF access.said('role') NOT IN ('police-supervisor', 'qa-reviewer') THEN
        RAISE EXCEPTION 'not for this role' USING ERRCODE = '42501';
    END IF;
    marked := ARRAY(SELECT mark FROM intake.audit_marks(
        array_fill(1, ARRAY[cardinality(records)]), records,
        array_fill(false, ARRAY[cardinality(records)]),
        array_fill(NULL::text, ARRAY[cardinality(records)])));
    RETURN QUERY
    SELECT e.at, e.operation, e.action, e.purpose,
           CASE WHEN e.agency = ANY (access.reach()) THEN e.subject END,
           CASE WHEN e.agency = ANY (access.reach()) THEN e.agency END, e.role, e.row_count
    FROM entries(marked, '{consultation,disclosure}', NULL, NULL, NULL, NULL, most) AS e
    ORDER BY e.at DESC LIMIT most;
END $$;
REVOKE ALL ON FUNCTION accesses(text[], int) FROM PUBLIC;

-- Who has done what: for administrators, who are told of no child.
CREATE FUNCTION search(operations text[], since timestamptz, before timestamptz, who text,
                       whose text, most int)
    RETURNS TABLE (at timestamptz, operation text, action text, purpose text, subject text,
                   agency text, role text, row_count int, recipient text, correlation text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = audit, pg_temp AS
$$ BEGIN
    IF access.said('role') <> 'administrator' THEN
        RAISE EXCEPTION 'not for this role' USING ERRCODE = '42501';
    END IF;
    RETURN QUERY SELECT e.* FROM entries(NULL, operations, since, before, who, whose, most) AS e
                 ORDER BY e.at DESC LIMIT most;
END $$;
REVOKE ALL ON FUNCTION search(text[], timestamptz, timestamptz, text, text, int) FROM PUBLIC;
