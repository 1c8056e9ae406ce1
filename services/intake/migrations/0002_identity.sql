-- Each distinct thing that was said of who a record's child is: once, sealed under the record's key.
-- Answers "who is this?" and "does this ref hold a name?" without opening every event.

CREATE TABLE identity (
    record_ref    text NOT NULL REFERENCES record,
    identity_mac  bytea NOT NULL,
    sealed        bytea NOT NULL,
    receipt       text NOT NULL REFERENCES event,   -- the first event that said it
    PRIMARY KEY (record_ref, identity_mac)
);
