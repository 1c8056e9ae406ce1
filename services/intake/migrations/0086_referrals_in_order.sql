-- The referrals that an agency has sent, or received, the last first.
CREATE INDEX event_referral ON event (agency, type, time DESC, receipt DESC)
    WHERE type IN ('referral.made.v1', 'social-care.referral-received.v1');
-- What was raised about decisions.
CREATE INDEX carried_ref_disagreement ON carried_ref (type, ref) WHERE type = 'disagreement.raised.v1';
