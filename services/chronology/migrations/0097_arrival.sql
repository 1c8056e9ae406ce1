-- When an event came to be known here: a release counts what was known at a month's end.
CREATE VIEW event_arrival AS SELECT source, id, stored_at FROM event;
