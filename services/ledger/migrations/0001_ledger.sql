-- What we know and since when. A gap row has the interval it is about (opens_at, closes_at)
-- and the interval in which we believed it (known_from, known_to).

CREATE TABLE epoch (
    single   boolean PRIMARY KEY DEFAULT true CHECK (single),
    current  bigint NOT NULL
);
INSERT INTO epoch (current) VALUES (1);

-- Belief is allotted in commit order under this row's lock; `last` is the watermark.
CREATE TABLE belief_clock (
    single  boolean PRIMARY KEY DEFAULT true CHECK (single),
    last    timestamptz NOT NULL
);
INSERT INTO belief_clock (last) VALUES (clock_timestamp());

CREATE TABLE judge (name text PRIMARY KEY);    -- the deployed judges: a receipt waits for all of them

-- How each chronology was last heard of; its row's lock is held by whoever writes about the child.
CREATE TABLE child (
    child_ref    text PRIMARY KEY,
    epoch        bigint NOT NULL DEFAULT 0,    -- (0, 0): known from a verdict alone so far
    version      bigint NOT NULL DEFAULT 0,
    merged_into  text,
    erased       boolean NOT NULL DEFAULT false    -- for ever: nothing about this ref is believed again
);

CREATE TABLE verdict (
    child_ref       text NOT NULL,
    judge           text NOT NULL,
    epoch           bigint NOT NULL,
    version         bigint NOT NULL,
    policy_version  text NOT NULL,
    answered_at     timestamptz NOT NULL,
    PRIMARY KEY (child_ref, judge)
);

CREATE TABLE gap (
    child_ref       text NOT NULL,
    gap_id          uuid NOT NULL,
    judge           text NOT NULL,
    rule            text NOT NULL,
    rule_version    int NOT NULL,
    policy_version  text NOT NULL,
    lesson          text NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('gap', 'query')),
    observed        boolean NOT NULL,
    agency          text NOT NULL,
    visible_to      text[] NOT NULL,
    unit            text,
    referral_ref    text,
    anchor_source   text NOT NULL,
    anchor_id       text NOT NULL,
    opens_at        timestamptz NOT NULL,
    closes_at       timestamptz,
    why             jsonb NOT NULL,            -- code and parameters; the sentence is rendered when read
    evidence        jsonb NOT NULL,            -- [{source, id}]
    event_keys      text[] NOT NULL,           -- '<source>|<id>' of anchor and evidence, to find a gap by event
    known_from      timestamptz NOT NULL,
    known_to        timestamptz,
    PRIMARY KEY (child_ref, gap_id, known_from),
    CHECK (closes_at IS NULL OR closes_at > opens_at),
    CHECK (known_to IS NULL OR known_to > known_from)
);
CREATE UNIQUE INDEX gap_current ON gap (child_ref, gap_id) WHERE known_to IS NULL;
CREATE INDEX gap_page ON gap (opens_at, gap_id, child_ref);
CREATE INDEX gap_agency ON gap (agency, opens_at, gap_id, child_ref);
CREATE INDEX gap_visible ON gap USING gin (visible_to);
CREATE INDEX gap_referral ON gap (referral_ref) WHERE referral_ref IS NOT NULL;
CREATE INDEX gap_event ON gap USING gin (event_keys);

-- Versions that a judge has not answered yet, noticed at `since`, published again at `next_at`.
CREATE TABLE sweep (
    child_ref  text NOT NULL,
    judge      text NOT NULL,
    version    bigint NOT NULL,
    since      timestamptz NOT NULL,
    tries      int NOT NULL DEFAULT 0,
    next_at    timestamptz NOT NULL,
    PRIMARY KEY (child_ref, judge)
);
CREATE INDEX sweep_due ON sweep (next_at);

CREATE VIEW current_epoch AS SELECT current FROM epoch;
CREATE VIEW watermark AS SELECT last FROM belief_clock;
CREATE VIEW verdict_position AS SELECT child_ref, judge, epoch, version, answered_at FROM verdict;
CREATE VIEW deployed_judge AS SELECT name FROM judge;
CREATE VIEW belief AS SELECT * FROM gap;
