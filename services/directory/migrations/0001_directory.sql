-- What is offered, every version of it: nothing is changed or deleted, a service that has gone says so.

CREATE TABLE import (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    subject   text NOT NULL,                  -- who brought it; "files" for schemas/directory
    added     int NOT NULL,
    changed   int NOT NULL
);

CREATE TABLE service_version (
    id         uuid NOT NULL,
    version    int NOT NULL,
    import_id  bigint NOT NULL REFERENCES import,
    digest     text NOT NULL,
    row        jsonb NOT NULL,                -- schemas/directory/schema/row.json
    PRIMARY KEY (id, version)
);
CREATE INDEX service_version_digest ON service_version (id, digest);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'versions are kept' USING ERRCODE = '42501'; END $$;
CREATE TRIGGER versions_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON service_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE VIEW service AS
    SELECT DISTINCT ON (v.id) v.id, v.version, v.digest, v.row, i.at
    FROM service_version v JOIN import i ON i.id = v.import_id
    ORDER BY v.id, v.version DESC;
