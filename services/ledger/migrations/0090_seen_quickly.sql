-- What is believed now is counted without its rows, also behind the condition of who asks.
CREATE INDEX gap_seen ON gap (agency) INCLUDE (visible_to, opens_at, closes_at, child_ref)
    WHERE known_to IS NULL AND erased_at IS NULL;
DROP INDEX gap_now;

-- chronology asks whether an event is the anchor of a gap that is seen.
CREATE INDEX gap_anchor ON gap (anchor_source, anchor_id);

-- Behind a condition an array is not looked for by its index: the operator might tell of a row that
-- is not shown. So the names of the gaps behind which an event stands are given first.
CREATE FUNCTION seen_behind(event text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ledger, pg_temp AS
$$ SELECT gap_id FROM gap
   WHERE event_keys @> ARRAY[event] AND erased_at IS NULL
     AND (agency = ANY ((SELECT access.reach())::text[])
          OR visible_to && (SELECT access.own())::text[]) $$;
REVOKE ALL ON FUNCTION seen_behind(text) FROM PUBLIC;
