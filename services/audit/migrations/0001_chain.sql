-- The chains of all schemas' audit rows: which row comes after which, bound by a key the database has not.
CREATE TABLE link (
    chain      text        NOT NULL,            -- the schema whose audit_entry it is
    position   bigint      NOT NULL CHECK (position > 0),
    seq        bigint      NOT NULL,
    sealed_at  timestamptz NOT NULL,
    hash       bytea       NOT NULL,
    PRIMARY KEY (chain, position),
    UNIQUE (chain, seq)
);
CREATE FUNCTION link_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'links are never changed' USING ERRCODE = '42501'; END $$;
CREATE TRIGGER link_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON link
    FOR EACH STATEMENT EXECUTE FUNCTION link_is_append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON link FROM CURRENT_USER;

-- Up to where no row can come any more: see services/audit/horizon.py.
CREATE TABLE horizon (
    chain       text   PRIMARY KEY,
    floor       bigint NOT NULL,
    next_floor  bigint NOT NULL,
    until       bigint NOT NULL
);
