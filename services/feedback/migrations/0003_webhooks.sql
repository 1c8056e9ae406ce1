-- Who asked to be called when their feed goes on, how far that is, and what could not be delivered.
-- Registrations are intake's to write (deploy/grants.sql), calls this service's.

CREATE TABLE webhook (
    webhook_id     text PRIMARY KEY,
    agency         text NOT NULL,
    url            text NOT NULL,
    secret         bytea NOT NULL,             -- sealed, as is the one before it
    old_secret     bytea,
    old_until      timestamptz,
    created_at     timestamptz NOT NULL,
    paused_at      timestamptz,
    paused_reason  text CHECK (paused_reason IN ('asked', 'gone')),
    after          bigint NOT NULL,            -- called for all entries up to this number
    tries          int NOT NULL DEFAULT 0,     -- calls in vain for the next one
    next_at        timestamptz NOT NULL,
    ping_at        timestamptz,                -- a test call is asked for
    claimed_until  timestamptz,
    tried_at       timestamptz,
    outcome        text,                       -- of the last call, a code
    delivered_at   timestamptz,
    UNIQUE (agency, url)
);

-- Given up after many calls; kept until it is delivered after all.
CREATE TABLE undelivered (
    webhook_id  text NOT NULL REFERENCES webhook ON DELETE CASCADE,
    seq         bigint NOT NULL REFERENCES entry,
    tries       int NOT NULL,
    outcome     text NOT NULL,
    died_at     timestamptz NOT NULL,
    again_at    timestamptz,                   -- asked to be tried once more
    PRIMARY KEY (webhook_id, seq)
);

-- For the agency whose webhook it is: what could not be delivered, and to have it tried once more.
CREATE VIEW undelivered_entry AS
    SELECT webhook_id, webhook.agency, entry_id, type, at, undelivered.tries, undelivered.outcome,
           died_at, again_at, seq
    FROM undelivered JOIN webhook USING (webhook_id) JOIN entry USING (seq);

-- All of a webhook's where no entries are named; returns how many.
CREATE FUNCTION redrive(webhook text, entries text[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = feedback, pg_temp AS
$$ WITH asked AS (
       UPDATE undelivered SET again_at = clock_timestamp() FROM entry
       WHERE undelivered.seq = entry.seq AND webhook_id = webhook
         AND (entries IS NULL OR entry_id = ANY (entries)) RETURNING 1)
   SELECT count(*) FROM asked $$;
REVOKE ALL ON FUNCTION redrive(text, text[]) FROM PUBLIC;
