-- Entries whose time is over, but those of children under a legal hold: counted, and deleted by intake's
-- command for retention. Whoever reads on from an older place goes on with what there is.
CREATE FUNCTION over_entries(before timestamptz, held text[])
    RETURNS TABLE (due bigint, spared bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = feedback, pg_temp AS
$$ SELECT count(*) FILTER (WHERE child_ref IS NULL OR child_ref <> ALL (held)),
          count(*) FILTER (WHERE child_ref = ANY (held))
   FROM entry WHERE known_at < before $$;
REVOKE ALL ON FUNCTION over_entries(timestamptz, text[]) FROM PUBLIC;

CREATE FUNCTION dispose_of_entries(before timestamptz, held text[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = feedback, pg_temp AS
$$ WITH gone AS (
       SELECT seq FROM entry
       WHERE known_at < before AND (child_ref IS NULL OR child_ref <> ALL (held))),
   undone AS (DELETE FROM undelivered USING gone WHERE undelivered.seq = gone.seq),
   deleted AS (DELETE FROM entry USING gone WHERE entry.seq = gone.seq RETURNING 1)
   SELECT count(*) FROM deleted $$;
REVOKE ALL ON FUNCTION dispose_of_entries(timestamptz, text[]) FROM PUBLIC;
CREATE INDEX entry_known ON entry USING brin (known_at);
