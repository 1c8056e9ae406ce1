-- On which trace a row is on its way (W3C traceparent, random); null unless tracing is on.
ALTER TABLE outbox ADD COLUMN traceparent text;
