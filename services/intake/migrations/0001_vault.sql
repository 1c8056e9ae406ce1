-- The vault: whose record it is, what was said, and what must still be published.
-- Identity and free text exist only here, sealed; MACs are keyed and never leave.

CREATE TABLE record (
    record_ref     text PRIMARY KEY,
    agency         text NOT NULL,
    local_id_mac   bytea NOT NULL,
    wrapped_key    bytea NOT NULL,
    master_key_id  text NOT NULL,
    child_ref      text NOT NULL,              -- record_ref until the matcher links it
    link_version   bigint NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL,
    UNIQUE (agency, local_id_mac)
);
CREATE INDEX record_child ON record (child_ref);

CREATE TABLE staff (
    staff_ref      text PRIMARY KEY,
    agency         text NOT NULL,
    ref_mac        bytea NOT NULL,
    wrapped_key    bytea NOT NULL,
    master_key_id  text NOT NULL,
    UNIQUE (agency, ref_mac)
);

CREATE TABLE event (
    receipt          text PRIMARY KEY,
    source           text NOT NULL,
    id               text NOT NULL,
    type             text NOT NULL,
    time             timestamptz NOT NULL,
    received_at      timestamptz NOT NULL,
    agency           text NOT NULL,
    record_ref       text REFERENCES record,
    staff_ref        text REFERENCES staff,    -- the practitioner; the key of a training event
    body_mac         bytea NOT NULL,           -- of source, id, type, time and data as RFC 8785 JSON
    sealed           bytea NOT NULL,           -- the whole event, AES-GCM under its record's key
    feature_version  int NOT NULL,
    revision         int NOT NULL DEFAULT 0,
    published_age    int,                      -- as last published, so that a changed birth date is seen
    published_at     timestamptz,
    matched_at       timestamptz,
    UNIQUE (source, id),
    CHECK (record_ref IS NOT NULL OR staff_ref IS NOT NULL)
);
CREATE INDEX event_record ON event (record_ref);
CREATE INDEX event_unmatched ON event (received_at) WHERE matched_at IS NULL;

-- What one event states of identity, as MACs to compare and never to read.
CREATE TABLE statement (
    receipt     text PRIMARY KEY REFERENCES event,
    record_ref  text NOT NULL REFERENCES record,
    nhs_mac     bytea,                         -- only if its check digit holds
    upn_mac     bytea,                         -- only if its check letter holds
    birth_mac   bytea,
    sex         text
);
CREATE INDEX statement_record ON statement (record_ref);
CREATE INDEX statement_nhs ON statement (nhs_mac, record_ref) WHERE nhs_mac IS NOT NULL;
CREATE INDEX statement_upn ON statement (upn_mac, record_ref) WHERE upn_mac IS NOT NULL;

-- Every reference that an event carries, own or named, to look up what is known of it.
CREATE TABLE carried_ref (
    kind        text NOT NULL,                 -- custody, incident, interview, concern, referral, service
    ref         text NOT NULL,
    receipt     text NOT NULL REFERENCES event,
    record_ref  text NOT NULL REFERENCES record,
    type        text NOT NULL,
    agency      text NOT NULL,
    PRIMARY KEY (kind, ref, receipt)
);
CREATE INDEX carried_ref_record ON carried_ref (record_ref);

CREATE TABLE retraction (
    receipt        text PRIMARY KEY REFERENCES event,
    target_source  text NOT NULL,
    target_id      text NOT NULL
);
CREATE INDEX retraction_target ON retraction (target_source, target_id);

CREATE TABLE outbox (
    seq            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    receipt        text,                       -- the event whose publication this is; null for links
    topic          text NOT NULL,
    key            bytea NOT NULL,
    value          bytea NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    published_at   timestamptz,
    parked_at      timestamptz,
    parked_reason  text
);
CREATE INDEX outbox_waiting ON outbox (seq) WHERE published_at IS NULL AND parked_at IS NULL;
CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;

-- What the matcher did because of an event: its receipt is judged only once these are applied.
CREATE TABLE effect (
    receipt       text NOT NULL REFERENCES event,
    record_ref    text,                        -- a link or un-link of this record …
    link_version  bigint,
    source        text,                        -- … or a new revision of this event
    id            text,
    revision      int
);
CREATE INDEX effect_receipt ON effect (receipt);

CREATE TABLE review (
    review_id   text PRIMARY KEY,
    kind        text NOT NULL,                 -- nhs, upn, referral
    value_mac   bytea NOT NULL,
    records     text[] NOT NULL,
    reason      text NOT NULL,                 -- birth-date, sex, crowded
    opened_at   timestamptz NOT NULL,
    closed_at   timestamptz
);
CREATE UNIQUE INDEX review_open ON review (kind, value_mac) WHERE closed_at IS NULL;

CREATE TABLE audit (
    seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL,
    subject    text NOT NULL,
    agency     text NOT NULL,
    role       text NOT NULL,
    action     text NOT NULL,
    purpose    text NOT NULL,
    child_ref  text,
    receipt    text,
    row_count  int NOT NULL
);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit rows are never changed' USING ERRCODE = '42501'; END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE import (
    id             text PRIMARY KEY,
    agency         text NOT NULL,
    format         text NOT NULL,
    state          text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    reason         text,
    created_at     timestamptz NOT NULL,
    finished_at    timestamptz,
    referrals      int NOT NULL DEFAULT 0,
    children       int NOT NULL DEFAULT 0,
    events         int NOT NULL DEFAULT 0,
    rejected       int NOT NULL DEFAULT 0,
    wrapped_key    bytea NOT NULL,
    master_key_id  text NOT NULL,
    sealed         bytea                       -- the file; dropped once every fact has its result
);
CREATE TABLE import_row (
    import_id  text NOT NULL REFERENCES import,
    row        int NOT NULL,
    pointer    text NOT NULL,                  -- where in the file, by element and ordinal
    fact       text NOT NULL,                  -- the event type that it gives
    outcome    text NOT NULL,                  -- accepted, duplicate, rejected
    receipt    text,
    errors     jsonb NOT NULL DEFAULT '[]',
    warnings   jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (import_id, row)
);
