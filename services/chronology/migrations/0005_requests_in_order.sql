-- Who asks for a publication holds the child's row first, as chronology does: the row of publication
-- taken first met its foreign key's lock on the child in the wrong order, and both ended in a deadlock.
CREATE OR REPLACE FUNCTION request_publication(child text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ INSERT INTO publication (child_ref, version, due_at)
   SELECT child_ref, version, clock_timestamp() FROM child WHERE child_ref = $1 FOR KEY SHARE
   ON CONFLICT (child_ref) DO NOTHING $$;
