-- A restricted child is there for nobody but those whom the policy names (access.named), until the
-- glass is broken: for a while, for one person, with a reason that somebody else looks at.
CREATE INDEX event_restricting ON event (record_ref) WHERE type = 'child.restricted.v1';

-- Restricted by any agency that has a record of the child, as long as it has not taken it back.
CREATE VIEW restricted_child AS
    SELECT DISTINCT r.child_ref FROM event e JOIN record r USING (record_ref)
    WHERE e.type = 'child.restricted.v1' AND NOT EXISTS (
        SELECT FROM retraction x JOIN event y USING (receipt)
        WHERE (x.target_source, x.target_id) = (e.source, e.id) AND y.agency = e.agency);

CREATE TABLE glass (
    glass_id     text PRIMARY KEY,
    record_ref   text NOT NULL REFERENCES record ON DELETE CASCADE,   -- whose key seals the reason
    subject      text NOT NULL,
    agency       text NOT NULL,
    role         text NOT NULL,
    purpose      text NOT NULL,
    sealed       bytea NOT NULL,
    broken_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    reviewed_by  text,
    reviewed_at  timestamptz,
    outcome      text CHECK (outcome IN ('justified', 'not-justified')),
    CHECK (reviewed_by <> subject)
);
CREATE INDEX glass_record ON glass (record_ref);
CREATE INDEX glass_waiting ON glass (broken_at) WHERE reviewed_at IS NULL;

-- The refs of children that are hidden from who asks, and of their records.
CREATE FUNCTION hidden() RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = intake, pg_temp AS
$$ SELECT CASE WHEN access.said('role') = ANY (access.named()) THEN '{}'::text[] ELSE ARRAY(
       WITH closed AS (
           SELECT child_ref FROM restricted_child
           EXCEPT
           SELECT r.child_ref FROM glass g JOIN record r USING (record_ref)
           WHERE (g.subject, g.agency, g.role)
                 = (access.said('subject'), access.said('agency'), access.said('role'))
             AND g.ends_at > statement_timestamp())
       SELECT child_ref FROM closed
       UNION SELECT record_ref FROM closed JOIN record USING (child_ref)) END $$;
REVOKE ALL ON FUNCTION hidden() FROM PUBLIC;
