-- Files other than the census: which type their rows are, how many facts there are in all, and what
-- was assumed in reading them.
ALTER TABLE import ADD COLUMN asked_type text;
ALTER TABLE import ADD COLUMN total int;
ALTER TABLE import ADD COLUMN notes text[] NOT NULL DEFAULT '{}';
