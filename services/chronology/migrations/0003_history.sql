-- All chronologies in bulk, for judging history again: the events as they came, and by what each
-- child reaches them. Granted in deploy/grants.sql; positions are in child_position.

CREATE VIEW history_event AS
    SELECT r.child_ref, e.source, e.id, e.staff_ref, e.body
    FROM record r JOIN event e USING (record_ref);
CREATE VIEW history_training AS
    SELECT staff_ref, source, id, body FROM event WHERE record_ref IS NULL;
CREATE VIEW history_retraction AS
    SELECT r.source, r.id, r.target_source, r.target_id, e.body
    FROM retraction r JOIN event e USING (source, id);
