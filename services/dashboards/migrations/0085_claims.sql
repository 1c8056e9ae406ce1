-- Who is at work on what of the queue, so that two do not do the same. No child is named: what is
-- claimed is a gap, by its id, for half an hour.
CREATE TABLE claim (
    gap_id     uuid        PRIMARY KEY,
    subject    text        NOT NULL,
    agency     text        NOT NULL,
    claimed_at timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL
);
CREATE INDEX claim_ends ON claim (ends_at);
