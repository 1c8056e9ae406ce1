-- For subject access: every row that is about a child, whatever was ever believed included.
CREATE FUNCTION held_of(refs text[], keys text[]) RETURNS TABLE (kept text, said jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ledger, pg_temp AS
$$ SELECT 'ledger.child', to_jsonb(t) FROM child t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.verdict', to_jsonb(t) FROM verdict t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.gap', to_jsonb(t) FROM gap t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.sweep', to_jsonb(t) FROM sweep t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.rebuild_child', to_jsonb(t) FROM rebuild_child t
       WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.rebuild_unjudged', to_jsonb(t) FROM rebuild_unjudged t
       WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.rebuild_gap', to_jsonb(t) FROM rebuild_gap t
       WHERE child_ref = ANY (refs) $$;
REVOKE ALL ON FUNCTION held_of(text[], text[]) FROM PUBLIC;
