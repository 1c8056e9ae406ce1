-- The Department for Education's published tables: public, no child's. A letter is no number.
CREATE TABLE published (
    table_name   text NOT NULL,
    year         int NOT NULL,
    level        text NOT NULL,
    area         text NOT NULL,
    name         text NOT NULL,
    region       text NOT NULL,
    column_name  text NOT NULL,
    number       double precision,
    shorthand    text,
    loaded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (table_name, area, year, column_name),
    CHECK ((number IS NULL) <> (shorthand IS NULL))
);
