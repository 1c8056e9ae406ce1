-- What cannot be matched is set aside, so that it stops no other; what got lost is sent again.

ALTER TABLE event ADD COLUMN match_parked_at timestamptz;
ALTER TABLE event ADD COLUMN match_parked_reason text;   -- class of the exception, never its text
DROP INDEX event_unmatched;
CREATE INDEX event_unmatched ON event (received_at)
    WHERE matched_at IS NULL AND match_parked_at IS NULL;
CREATE INDEX event_match_parked ON event (match_parked_at) WHERE match_parked_at IS NOT NULL;

-- How often the row was published once more because chronology did not have it.
ALTER TABLE outbox ADD COLUMN resent int NOT NULL DEFAULT 0;
CREATE INDEX outbox_parked ON outbox (seq) WHERE parked_at IS NOT NULL;
