-- An epoch is judged by one policy. NULL: none was adopted by a rebuild yet, any may judge.
ALTER TABLE epoch ADD COLUMN policy_version text;
CREATE OR REPLACE VIEW current_epoch AS SELECT current, policy_version FROM epoch;

-- A rebuild under way. Not logged, all of them: after a crash of the server all are empty together,
-- and the next rebuild begins anew. Never half of it is left.
CREATE UNLOGGED TABLE rebuild (
    single          boolean PRIMARY KEY DEFAULT true CHECK (single),
    basis           text NOT NULL,             -- policy, judges and versions of rules: what it is worth
    started_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNLOGGED TABLE rebuild_chunk (          -- children after one ref up to another
    number    int PRIMARY KEY,
    after     text NOT NULL,
    upto      text NOT NULL,
    children  bigint NOT NULL,
    events    bigint NOT NULL,
    done_at   timestamptz
);
CREATE UNLOGGED TABLE rebuild_child (          -- at which version each child was judged
    child_ref  text PRIMARY KEY,
    version    bigint NOT NULL
);
CREATE UNLOGGED TABLE rebuild_unjudged (       -- whom a judge cannot judge: believed as before
    child_ref  text NOT NULL,
    judge      text NOT NULL,
    reason     text NOT NULL,
    PRIMARY KEY (child_ref, judge)
);
CREATE UNLOGGED TABLE rebuild_gap (LIKE gap);
ALTER TABLE rebuild_gap DROP COLUMN known_from, DROP COLUMN known_to;
CREATE INDEX rebuild_gap_name ON rebuild_gap (child_ref, gap_id);
