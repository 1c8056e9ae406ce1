-- Of which children there is a version that the ledger has not looked at yet: it asks whether every judge
-- has answered. Written with the version, so that none is lost; taken within seconds. To compare all
-- children with all verdicts instead takes longer than is waited for, where a million are on record.
CREATE TABLE changed (
    seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    child_ref  text NOT NULL
);
CREATE FUNCTION note_changed() RETURNS trigger
    LANGUAGE plpgsql SET search_path = chronology, pg_temp AS
$$ BEGIN
    INSERT INTO changed (child_ref) SELECT child_ref FROM after WHERE version > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER child_begun AFTER INSERT ON child REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION note_changed();
CREATE TRIGGER child_changed AFTER UPDATE ON child REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION note_changed();

-- For the ledger's sweep: those that changed first, who are then its own to remember.
CREATE FUNCTION take_changed(most int) RETURNS SETOF text
    LANGUAGE sql SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ WITH taken AS (
       DELETE FROM changed WHERE seq IN (SELECT seq FROM changed ORDER BY seq LIMIT most)
       RETURNING child_ref)
   SELECT DISTINCT child_ref FROM taken $$;
REVOKE ALL ON FUNCTION take_changed(int) FROM PUBLIC;

-- For subject access: as before, and this.
CREATE OR REPLACE FUNCTION held_of(refs text[], keys text[]) RETURNS TABLE (kept text, said jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ SELECT 'chronology.child', to_jsonb(t) FROM child t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'chronology.record', to_jsonb(t) FROM record t WHERE record_ref = ANY (refs)
   UNION ALL SELECT 'chronology.event', to_jsonb(t) FROM event t WHERE record_ref = ANY (refs)
   UNION ALL SELECT 'chronology.retraction', to_jsonb(t) FROM retraction t
       WHERE source || '|' || id = ANY (keys) OR target_source || '|' || target_id = ANY (keys)
   UNION ALL SELECT 'chronology.move', to_jsonb(t) FROM move t WHERE record_ref = ANY (refs)
   UNION ALL SELECT 'chronology.touch', to_jsonb(t) FROM touch t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'chronology.publication', to_jsonb(t) FROM publication t
       WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'chronology.changed', to_jsonb(t) FROM changed t WHERE child_ref = ANY (refs) $$;
