-- What was published of measures, to whom: never again, and never otherwise. What is hidden is not here.
CREATE TABLE release (
    body      text NOT NULL,                   -- the oversight body whose area's agencies are counted
    number    int NOT NULL,
    made_at   timestamptz NOT NULL,
    known_at  timestamptz NOT NULL,
    PRIMARY KEY (body, number)
);
CREATE TABLE release_month (
    body      text NOT NULL,
    month     date NOT NULL,
    number    int NOT NULL,
    PRIMARY KEY (body, month),
    FOREIGN KEY (body, number) REFERENCES release
);
CREATE TABLE release_cell (
    body        text NOT NULL,
    measure     text NOT NULL,
    since       date NOT NULL,                 -- the first month counted, and how many
    months      int NOT NULL,
    by_one      text NOT NULL,                 -- '' for none
    by_two      text NOT NULL,
    one         text NOT NULL,
    two         text NOT NULL,
    number      int NOT NULL,
    version     int NOT NULL,                  -- of the measure's definition
    units       bigint,                        -- NULL: hidden
    met         bigint,
    missing     bigint,
    not_judged  bigint,
    PRIMARY KEY (body, measure, since, months, by_one, by_two, one, two),
    FOREIGN KEY (body, number) REFERENCES release,
    CHECK (met IS NULL OR units IS NOT NULL)
);
CREATE VIEW seen_release WITH (security_invoker = true) AS SELECT * FROM release;
CREATE VIEW seen_release_month WITH (security_invoker = true) AS SELECT * FROM release_month;
CREATE VIEW seen_release_cell WITH (security_invoker = true) AS SELECT * FROM release_cell;
