-- What was told of a gap is no longer so, though it is still open or closed as was said: told once more.
ALTER TABLE gap ADD COLUMN changed boolean NOT NULL DEFAULT false;
