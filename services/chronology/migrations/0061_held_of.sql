-- For subject access: every row that is about a child. `refs` are the child's and those of its
-- records; `keys` are '<source>|<id>' of its events. Granted in deploy/grants.sql.
CREATE FUNCTION held_of(refs text[], keys text[]) RETURNS TABLE (kept text, said jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ SELECT 'chronology.child', to_jsonb(t) FROM child t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'chronology.record', to_jsonb(t) FROM record t WHERE record_ref = ANY (refs)
   UNION ALL SELECT 'chronology.event', to_jsonb(t) FROM event t WHERE record_ref = ANY (refs)
   UNION ALL SELECT 'chronology.retraction', to_jsonb(t) FROM retraction t
       WHERE source || '|' || id = ANY (keys) OR target_source || '|' || target_id = ANY (keys)
   UNION ALL SELECT 'chronology.move', to_jsonb(t) FROM move t WHERE record_ref = ANY (refs)
   UNION ALL SELECT 'chronology.touch', to_jsonb(t) FROM touch t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'chronology.publication', to_jsonb(t) FROM publication t
       WHERE child_ref = ANY (refs) $$;
REVOKE ALL ON FUNCTION held_of(text[], text[]) FROM PUBLIC;
