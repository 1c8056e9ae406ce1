-- For subject access: every row that is about a child, and whom its alerts were told to.
CREATE FUNCTION held_of(refs text[], keys text[]) RETURNS TABLE (kept text, said jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = alerts, pg_temp AS
$$ SELECT 'alerts.alert', to_jsonb(t) FROM alert t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'alerts.notice', to_jsonb(t) FROM notice t
       WHERE alert_id IN (SELECT alert_id FROM alert WHERE child_ref = ANY (refs))
   UNION ALL SELECT 'alerts.agenda', to_jsonb(t) FROM agenda t WHERE child_ref = ANY (refs) $$;
REVOKE ALL ON FUNCTION held_of(text[], text[]) FROM PUBLIC;
