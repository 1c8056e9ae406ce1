-- Inspections and the answers to them. Everything is an entry; nothing is changed or deleted.

CREATE TABLE response (
    id          text PRIMARY KEY,
    agency      text NOT NULL,                -- whose people write and sign it
    name        text NOT NULL UNIQUE,         -- by which the same inspection is known when it comes again
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE entry (
    response_id text NOT NULL REFERENCES response,
    seq         int NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    subject     text NOT NULL,
    kind        text NOT NULL,                -- services/domain/responses/folding.py
    content     jsonb NOT NULL,
    PRIMARY KEY (response_id, seq)
);

-- What was published, to the byte: no later version of a library changes it.
CREATE TABLE published_file (
    response_id text NOT NULL REFERENCES response,
    version     int NOT NULL,
    format      text NOT NULL,
    sha256      text NOT NULL,
    content     bytea NOT NULL,
    PRIMARY KEY (response_id, version, format)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'entries are kept' USING ERRCODE = '42501'; END $$;
CREATE TRIGGER entries_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER files_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON published_file
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
