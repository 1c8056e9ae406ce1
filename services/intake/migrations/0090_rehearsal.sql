-- What test agencies send. Nothing here is published, matched or counted, and nothing says who a
-- child is: of an event only what would have left the vault is kept, and for a month.
CREATE TABLE rehearsal (
    receipt      text PRIMARY KEY,
    agency       text NOT NULL,
    source       text NOT NULL,
    id           text NOT NULL,
    body_mac     bytea NOT NULL,
    record_ref   text,                         -- of the local id that was stated; null for training
    received_at  timestamptz NOT NULL,
    body         bytea NOT NULL,               -- as it would have been published
    UNIQUE (source, id)
);
CREATE INDEX rehearsal_record ON rehearsal (agency, record_ref);
CREATE INDEX rehearsal_age ON rehearsal (received_at);
