-- Changes of belief are followed in the order in which they were committed: the feed of agencies.
CREATE INDEX gap_begun ON gap (known_from, gap_id);
CREATE INDEX gap_ended ON gap (known_to, gap_id) WHERE known_to IS NOT NULL;
