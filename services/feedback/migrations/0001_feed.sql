-- What each agency is told, in one order that is never changed. An entry is written in the same
-- transaction as the note of what was told, so that it is written once; the clock's row is locked
-- first and held until commit, so that a lower number never appears after a higher one.

CREATE TABLE clock (
    single    boolean PRIMARY KEY DEFAULT true CHECK (single),
    last      bigint NOT NULL,                 -- the number of the last entry
    feed_ref  text NOT NULL,                   -- a cursor is of this feed, or of none
    -- up to where the ledger's changes of belief have been followed
    known_at  timestamptz NOT NULL,
    gap_id    uuid NOT NULL
);
INSERT INTO clock (last, feed_ref, known_at, gap_id)
VALUES (0, replace(gen_random_uuid()::text, '-', ''), '-infinity',
        '00000000-0000-0000-0000-000000000000');

CREATE TABLE entry (
    seq           bigint PRIMARY KEY,
    entry_id      text NOT NULL UNIQUE,
    agency        text NOT NULL,               -- who is told
    type          text NOT NULL,
    at            timestamptz NOT NULL,        -- when it happened
    known_at      timestamptz NOT NULL,        -- when it was told
    child_ref     text,                        -- so that erasure finds it; shown to nobody
    referral_ref  text,
    source        text,                        -- the event behind it: its sender is shown the receipt
    id            text,
    gap_id        uuid,
    data          jsonb NOT NULL               -- codes and times
);
CREATE INDEX entry_agency ON entry (agency, seq);
CREATE INDEX entry_child ON entry (child_ref) WHERE child_ref IS NOT NULL;

-- What stands of each referral and was told to whom.
CREATE TABLE fact (
    source        text NOT NULL,
    id            text NOT NULL,
    agency        text NOT NULL,
    step          text NOT NULL,               -- received, decided, told, amended, withdrawn
    child_ref     text NOT NULL,
    referral_ref  text NOT NULL,
    at            timestamptz NOT NULL,
    by            text NOT NULL,               -- the agency that did it
    code          text,
    PRIMARY KEY (source, id, agency)
);
CREATE INDEX fact_child ON fact (child_ref);

-- Every gap that an agency may see, as the ledger believes it now, and what was told of it.
CREATE TABLE gap (
    gap_id        uuid NOT NULL,
    agency        text NOT NULL,
    child_ref     text NOT NULL,
    rule          text NOT NULL,
    kind          text NOT NULL,
    lesson        text NOT NULL,
    owed_by       text NOT NULL,
    referral_ref  text,
    source        text NOT NULL,
    id            text NOT NULL,
    opens_at      timestamptz NOT NULL,
    closes_at     timestamptz,
    said          text CHECK (said IN ('opened', 'closed')),
    gone_at       timestamptz,                 -- believed no more since then
    due_at        timestamptz,                 -- when there is something to tell
    PRIMARY KEY (gap_id, agency)
);
CREATE INDEX gap_due ON gap (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX gap_child ON gap (child_ref);

-- What intake may serve, to the agency whose it is.
CREATE VIEW feed AS
    SELECT seq, entry_id, agency, type, at, known_at, referral_ref, source, id, gap_id, data
    FROM entry;
CREATE VIEW feed_end AS SELECT last, feed_ref FROM clock;
