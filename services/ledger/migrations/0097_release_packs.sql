-- What was published of a whole block of months beside the measures: the equity pack, and what became of
-- referrals to services. Once, with small numbers hidden before they came here; never otherwise.
CREATE TABLE release_pack (
    body      text NOT NULL,
    name      text NOT NULL CHECK (name IN ('equity', 'onward')),
    since     date NOT NULL,                   -- the first month counted, and how many
    months    int NOT NULL,
    number    int NOT NULL,
    content   jsonb NOT NULL,                  -- its rows as they are read out; "c" is hidden
    PRIMARY KEY (body, name, since),
    FOREIGN KEY (body, number) REFERENCES release
);
CREATE VIEW seen_release_pack WITH (security_invoker = true) AS SELECT * FROM release_pack;
