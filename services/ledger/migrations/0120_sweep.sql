-- How far the ledger has come in looking at all children, some at a time: when it begins, when an epoch or
-- a judge is new, and once a day. In between it looks at those who changed (chronology.changed).
CREATE TABLE whole_look (
    single    boolean PRIMARY KEY DEFAULT true CHECK (single),
    began_at  timestamptz NOT NULL,
    epoch     bigint NOT NULL,
    judges    text[] NOT NULL,
    after     text                             -- up to this child; null: at all of them
);

-- Silence is read by when it is due again ('infinity': given up) and by how long it has lasted. What was
-- noticed before is noticed anew.
DELETE FROM sweep;
CREATE INDEX sweep_silent ON sweep (judge, since);
