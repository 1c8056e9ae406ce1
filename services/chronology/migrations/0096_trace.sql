-- On which trace a version is about to be published: of the last event that changed it; null unless
-- tracing is on.
ALTER TABLE publication ADD COLUMN traceparent text;
