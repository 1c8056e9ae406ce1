-- What was disposed of because its time was over: which class, by which lengths of time, how much, on
-- whose word. No child is named, and the row is kept for good.
CREATE TABLE disposal (
    disposal_id   text PRIMARY KEY,
    class         text NOT NULL,               -- of schemas/policy/retention.toml
    due_before    jsonb NOT NULL,              -- by the moment that is counted from: what is older is due
    kept_for      jsonb NOT NULL,              -- by the same: how long it was kept, and who says so
    due           int NOT NULL,                -- when it was asked for
    requested_by  text NOT NULL,
    requested_at  timestamptz NOT NULL,
    confirmed_by  text,
    confirmed_at  timestamptz,
    disposed      int,
    done_at       timestamptz,
    CHECK (confirmed_by <> requested_by)
);
