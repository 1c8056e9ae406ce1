-- What came in as something other than an event, as it was sent: sealed under its record's key, so
-- that it ends with the record.
CREATE TABLE original (
    receipt  text PRIMARY KEY REFERENCES event ON DELETE CASCADE,
    media    text NOT NULL,
    sealed   bytea NOT NULL
);
