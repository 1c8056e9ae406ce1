-- What has happened to each child, in order. One writer per child: its row's lock.

CREATE TABLE state (
    single   boolean PRIMARY KEY DEFAULT true CHECK (single),
    epoch  bigint NOT NULL
);
INSERT INTO state (epoch) VALUES (1);

CREATE TABLE child (
    child_ref    text PRIMARY KEY,
    version      bigint NOT NULL DEFAULT 0,    -- never restarts, also not when a ref comes into use again
    merged_into  text,
    erased       boolean NOT NULL DEFAULT false
);

CREATE TABLE record (
    record_ref    text PRIMARY KEY,
    child_ref     text NOT NULL REFERENCES child,
    link_version  bigint NOT NULL DEFAULT 0
);
CREATE INDEX record_child ON record (child_ref);

CREATE TABLE event (
    source           text NOT NULL,
    id               text NOT NULL,
    type             text NOT NULL,
    time             timestamptz NOT NULL,
    record_ref       text REFERENCES record,   -- null for training
    staff_ref        text,                     -- who is named in it, or who was trained
    feature_version  int NOT NULL,
    revision         int NOT NULL,
    body             bytea NOT NULL,           -- the published event, as it came
    child_version    bigint NOT NULL,          -- the first version of its present child that holds this state of it
    stored_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (source, id)
);
CREATE INDEX event_record ON event (record_ref);
CREATE INDEX event_staff ON event (staff_ref);   -- so that training finds the children it touches

CREATE TABLE retraction (
    source         text NOT NULL,
    id             text NOT NULL,
    target_source  text NOT NULL,
    target_id      text NOT NULL,
    PRIMARY KEY (source, id)
);
CREATE INDEX retraction_target ON retraction (target_source, target_id);

-- Each link or un-link as applied, with the versions it gave both children.
CREATE TABLE move (
    record_ref    text NOT NULL,
    link_version  bigint NOT NULL,
    from_child    text NOT NULL,
    from_version  bigint NOT NULL,
    to_child      text NOT NULL,
    to_version    bigint NOT NULL,
    PRIMARY KEY (record_ref, link_version)
);

-- Every child that a training event, or a retraction of anything, touched, and the version it gave.
CREATE TABLE touch (
    source         text NOT NULL,
    id             text NOT NULL,
    child_ref      text NOT NULL,
    child_version  bigint NOT NULL,
    PRIMARY KEY (source, id, child_ref)
);

-- Versions that still have to be published; claimed by a lease so that a dead publisher blocks nobody.
CREATE TABLE publication (
    child_ref      text PRIMARY KEY REFERENCES child,
    version        bigint NOT NULL,
    due_at         timestamptz NOT NULL,
    claimed_until  timestamptz
);
CREATE INDEX publication_due ON publication (due_at);

-- For the ledger's sweep: publish this child again as it stands.
CREATE FUNCTION request_publication(child text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = chronology, pg_temp AS
$$ INSERT INTO publication (child_ref, version, due_at)
   SELECT child_ref, version, clock_timestamp() FROM child WHERE child_ref = $1
   ON CONFLICT (child_ref) DO NOTHING $$;
REVOKE ALL ON FUNCTION request_publication(text) FROM PUBLIC;

-- What others may know of positions (granted in deploy/grants.sql).
CREATE VIEW event_position AS
    SELECT e.source, e.id, e.feature_version, e.revision, e.record_ref, r.child_ref, e.child_version,
           e.stored_at
    FROM event e LEFT JOIN record r USING (record_ref);
CREATE VIEW move_position AS SELECT * FROM move;
CREATE VIEW record_position AS SELECT record_ref, child_ref, link_version FROM record;
CREATE VIEW touch_position AS SELECT * FROM touch;
CREATE VIEW child_position AS SELECT child_ref, version, merged_into, erased FROM child;
