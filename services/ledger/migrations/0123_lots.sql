-- A sample is drawn from a few lots of a month: these alone are read, and the rest of it only for strata so
-- small that everybody is drawn.
CREATE INDEX dip_referral_lot ON dip_referral (lot, made_at)
    INCLUDE (agency, child_ref, general_cid, no_further_action, custody, voluntary_interview, lately,
             repeats, sex, ethnicity);
