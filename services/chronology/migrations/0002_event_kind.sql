-- What happened and when, by the event's key and nothing else: so that a gap can be explained.
CREATE VIEW event_kind AS SELECT source, id, type, time FROM event;
