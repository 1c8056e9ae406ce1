-- A gap is asked for by its name alone, with all that was ever believed of it.
CREATE INDEX gap_name ON gap (gap_id, known_from);

-- What is believed now is counted without its rows: these columns are all that most counts look at.
CREATE INDEX gap_now ON gap (agency) INCLUDE (visible_to, opens_at, closes_at) WHERE known_to IS NULL;
