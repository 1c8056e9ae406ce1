-- For subject access: every row that is about a child, and what of it could not be delivered.
CREATE FUNCTION held_of(refs text[], keys text[]) RETURNS TABLE (kept text, said jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = feedback, pg_temp AS
$$ SELECT 'feedback.entry', to_jsonb(t) FROM entry t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'feedback.fact', to_jsonb(t) FROM fact t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'feedback.gap', to_jsonb(t) FROM gap t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'feedback.undelivered', to_jsonb(t) FROM undelivered t
       WHERE seq IN (SELECT seq FROM entry WHERE child_ref = ANY (refs)) $$;
REVOKE ALL ON FUNCTION held_of(text[], text[]) FROM PUBLIC;
