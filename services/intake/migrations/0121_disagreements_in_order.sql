-- What was raised about decisions, the first first: a page is read without all the others.
CREATE INDEX event_raised ON event (time, receipt) WHERE type = 'disagreement.raised.v1';
CREATE INDEX carried_ref_raised ON carried_ref (receipt) WHERE type = 'disagreement.raised.v1';
DROP INDEX carried_ref_disagreement;
