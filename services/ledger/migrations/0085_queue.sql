-- What is owed and not done, or not yet due, in the order in which a queue shows it.
CREATE INDEX gap_queue ON gap (opens_at, gap_id, child_ref)
    WHERE known_to IS NULL AND erased_at IS NULL AND closes_at IS NULL;
