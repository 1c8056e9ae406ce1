-- How each alert stands and came to stand, when to look again, and whom it was told to. All of it but
-- the mail can be worked out again from the ledger's beliefs and from what people said.

-- Up to where changes of belief, and what people said, have been put on the agenda.
CREATE TABLE position (
    single   boolean PRIMARY KEY DEFAULT true CHECK (single),
    beliefs  timestamptz NOT NULL DEFAULT '-infinity',
    words    timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO position DEFAULT VALUES;

-- When to look at a child again: at once where something was heard, else when time changes an alert.
CREATE TABLE agenda (
    child_ref  text PRIMARY KEY,
    due_at     timestamptz NOT NULL
);
CREATE INDEX agenda_due ON agenda (due_at);

CREATE TABLE alert (
    alert_id    uuid PRIMARY KEY,
    child_ref   text,                          -- null: erased
    rule        text NOT NULL,
    lesson      text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('gap', 'query')),
    agency      text NOT NULL,
    unit        text,
    visible_to  text[] NOT NULL,
    urgency     text NOT NULL CHECK (urgency IN ('immediate', 'prompt', 'routine')),
    state       text NOT NULL
                CHECK (state IN ('warning', 'new', 'acknowledged', 'in-hand', 'resolved')),
    reason      text,
    by_agency   text,
    by_unit     text,
    since       timestamptz NOT NULL,          -- in this state
    round_at    timestamptz NOT NULL,
    step        int NOT NULL,
    climbs_at   timestamptz,
    due_at      timestamptz NOT NULL,
    gap_ids     uuid[] NOT NULL,
    history     jsonb NOT NULL,
    rank        int NOT NULL,                  -- the queue: what is still to come first, what is over last
    place       double precision NOT NULL      -- and within that what is nearest to its breach first
);
CREATE INDEX alert_queue ON alert (rank, place, alert_id);
CREATE INDEX alert_child ON alert (child_ref);
CREATE INDEX alert_agency ON alert (agency);
