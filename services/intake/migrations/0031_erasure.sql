-- Erasing a child: asked for by one person, confirmed by another, done step by step. Refs and salt are
-- in the row only until everyone has acted; what stays tells that it happened, and no more.

CREATE TABLE erasure (
    erasure_id    text PRIMARY KEY,
    child_digest  bytea NOT NULL,              -- SHA-256: answers who still has the ref, and nobody else
    child_ref     text,
    record_refs   text[],
    salt          text,
    reason        text NOT NULL,
    state         text NOT NULL CHECK (state IN ('requested', 'confirmed', 'destroyed', 'done', 'refused')),
    refused_for   text,
    requested_by  text NOT NULL,
    requested_at  timestamptz NOT NULL,
    confirmed_by  text,
    confirmed_at  timestamptz,
    destroyed_at  timestamptz,
    sent_at       timestamptz,                 -- when the message was last put into the outbox
    done_at       timestamptz,
    records       int,
    events        int,
    CHECK (confirmed_by <> requested_by)
);
CREATE INDEX erasure_open ON erasure (requested_at) WHERE state IN ('confirmed', 'destroyed');

-- Where erasure does not reach: who was shown or given rows of the child, and may still have them.
CREATE TABLE erasure_reach (
    erasure_id  text NOT NULL REFERENCES erasure,
    agency      text NOT NULL,                 -- to be told
    operation   text NOT NULL,
    action      text NOT NULL,
    times       int NOT NULL,
    last_at     timestamptz NOT NULL,
    PRIMARY KEY (erasure_id, agency, operation, action)
);

-- Events that were erased, as MACs: sent again by a system that does not know, they are refused.
CREATE TABLE erased_event (key_mac bytea PRIMARY KEY);

-- Nothing that is held is erased or disposed of. A hold is on every record of a child at the time.
CREATE TABLE legal_hold (
    hold_id      text NOT NULL,
    record_ref   text NOT NULL REFERENCES record,
    reason       text NOT NULL,
    set_by       text NOT NULL,
    set_at       timestamptz NOT NULL,
    lifted_by    text,
    lifted_at    timestamptz,
    lifted_for   text,
    PRIMARY KEY (hold_id, record_ref)
);
CREATE INDEX legal_hold_standing ON legal_hold (record_ref) WHERE lifted_at IS NULL;
