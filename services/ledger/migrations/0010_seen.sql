-- Beliefs as who asks sees them: their rights count here, not those of the view's owner.
CREATE VIEW seen_belief WITH (security_invoker = true) AS SELECT * FROM gap;

-- What the equity pack counts as found, for who sees the figures of these agencies: by names that
-- pass with the transaction (chronology.equity_events gives the same), so that no child is known.
SET LOCAL check_function_bodies = off;         -- chronology's view and its grant come later
CREATE FUNCTION equity_findings(rules text[], as_of timestamptz, since timestamptz, before timestamptz)
    RETURNS TABLE (child text, rule text, observed boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ledger, pg_temp AS
$$ SELECT DISTINCT access.passing(gap.child_ref), gap.rule, gap.observed
   FROM gap JOIN chronology.event_kind AS anchor
       ON (anchor.source, anchor.id) = (anchor_source, anchor_id)
   WHERE known_to IS NULL AND gap.rule = ANY (rules)
     AND agency = ANY ((SELECT access.figures())::text[])
     AND opens_at <= as_of AND anchor.time >= since AND anchor.time < before $$;
REVOKE ALL ON FUNCTION equity_findings(text[], timestamptz, timestamptz, timestamptz) FROM PUBLIC;
