-- As before, and what measures count of the child.
SET LOCAL check_function_bodies = off;         -- on a new database these tables come later
CREATE OR REPLACE FUNCTION held_of(refs text[], keys text[]) RETURNS TABLE (kept text, said jsonb)
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
       WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.fact', to_jsonb(t) FROM fact t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.rebuild_fact', to_jsonb(t) FROM rebuild_fact t
       WHERE child_ref = ANY (refs) $$;
