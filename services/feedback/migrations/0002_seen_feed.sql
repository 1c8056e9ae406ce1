-- Intake serves the feed on behalf of who asks: they see their own agency's entries (deploy/grants.sql).
-- The child is there so that the reading is put on record; it is shown to nobody.
DROP VIEW feed;
CREATE VIEW seen_feed WITH (security_invoker = true) AS
    SELECT seq, entry_id, agency, type, at, known_at, referral_ref, source, id, gap_id, data, child_ref
    FROM entry;
CREATE INDEX entry_gap ON entry (gap_id) WHERE gap_id IS NOT NULL;
