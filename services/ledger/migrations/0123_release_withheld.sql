-- What of a release is not published at all, since too few are in it to hide among: a table or a margin of
-- a block of months, or a month (`months` = 1), of one measure. It is in no later release either.
CREATE TABLE release_withheld (
    body      text NOT NULL,
    number    int NOT NULL,
    measure   text NOT NULL,
    since     date NOT NULL,
    months    int NOT NULL,
    by_one    text NOT NULL,                   -- '' for none
    by_two    text NOT NULL,
    PRIMARY KEY (body, measure, since, months, by_one, by_two),
    FOREIGN KEY (body, number) REFERENCES release
);
CREATE VIEW seen_release_withheld WITH (security_invoker = true) AS SELECT * FROM release_withheld;
