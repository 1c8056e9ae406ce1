-- Records that may be of one child although they share no number: found by blocks, decided by people.

-- Which of the things held of who the child is an event said; null before `rematch` has run.
ALTER TABLE statement ADD COLUMN identity_mac bytea;

-- What a record has in common with others that may be of the same child, as keyed MACs of parts of
-- names with birth date or postcode: to meet by, and never to read.
CREATE TABLE block (
    block_mac   bytea NOT NULL,
    record_ref  text NOT NULL REFERENCES record,
    PRIMARY KEY (block_mac, record_ref)
);
CREATE INDEX block_record ON block (record_ref);

-- Too many share it to tell anything; nobody meets by it any more.
CREATE TABLE crowded_block (
    block_mac  bytea PRIMARY KEY,
    since      timestamptz NOT NULL
);

-- Whom the matcher is to judge again although no event came.
CREATE TABLE rematch (
    seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    record_ref  text NOT NULL REFERENCES record
);

-- What a person has decided; it holds until it is undone, whatever is stated later.
CREATE TABLE identity_decision (
    decision_id     text PRIMARY KEY,
    kind            text NOT NULL CHECK (kind IN ('link', 'keep-apart', 'unlink')),
    review_id       text REFERENCES review,
    decided_at      timestamptz NOT NULL,
    decided_by      text NOT NULL,
    agency          text NOT NULL,
    sealed_under    text NOT NULL REFERENCES record,  -- whose key seals the reason
    reason          bytea NOT NULL,
    undone_at       timestamptz,
    undone_by       text
);
CREATE TABLE decided_record (
    decision_id  text NOT NULL REFERENCES identity_decision,
    record_ref   text NOT NULL REFERENCES record,
    side         int NOT NULL,
    PRIMARY KEY (decision_id, record_ref)
);
CREATE INDEX decided_record_record ON decided_record (record_ref);

CREATE INDEX review_records ON review USING gin (records) WHERE closed_at IS NULL;
