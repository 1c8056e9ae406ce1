-- Reviews in the order in which they were opened: a list reads the first of them.
CREATE INDEX review_in_order ON review ((closed_at IS NULL), opened_at, review_id);
