-- Who looked at what about children: append-only, written in the transaction that reads.
CREATE TABLE audit (
    seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL,
    subject    text NOT NULL,
    agency     text NOT NULL,
    role       text NOT NULL,
    action     text NOT NULL,
    purpose    text NOT NULL,
    child_ref  text,                           -- where one child was asked for
    receipt    text,
    row_count  int NOT NULL
);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit rows are never changed' USING ERRCODE = '42501'; END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
