-- What people have said of alerts, for the service alerts; and of which children anything of the kind
-- was heard when: a retraction may take such a word back. Granted in deploy/grants.sql.
CREATE INDEX event_about_alerts ON event (stored_at)
    WHERE type IN ('alert.acknowledged.v1', 'alert.taken-in-hand.v1', 'alert.resolved.v1',
                   'event.retracted.v1');
CREATE VIEW alert_word AS
    SELECT r.child_ref, e.source, e.id, e.body FROM event e JOIN record r USING (record_ref)
    WHERE e.type IN ('alert.acknowledged.v1', 'alert.taken-in-hand.v1', 'alert.resolved.v1');
CREATE VIEW alert_heard AS
    SELECT r.child_ref, e.stored_at FROM event e JOIN record r USING (record_ref)
    WHERE e.type IN ('alert.acknowledged.v1', 'alert.taken-in-hand.v1', 'alert.resolved.v1',
                     'event.retracted.v1');
