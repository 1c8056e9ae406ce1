-- Referrals that an agency's people have begun on our pages and not sent. What is in one is sealed
-- under a key of its own; by the MACs erasure finds a draft about a child whom it names.
CREATE TABLE draft (
    draft_id      text        PRIMARY KEY,
    agency        text        NOT NULL,
    kind          text        NOT NULL CHECK (kind IN ('referral', 'amendment')),
    sealed        bytea       NOT NULL,
    wrapped_key   bytea       NOT NULL,
    master_key_id text        NOT NULL,
    local_id_mac  bytea,
    nhs_mac       bytea,
    upn_mac       bytea,
    saved_by      text        NOT NULL,
    saved_at      timestamptz NOT NULL,
    ends_at       timestamptz NOT NULL
);
CREATE INDEX draft_agency ON draft (agency, saved_at);
CREATE INDEX draft_ends ON draft (ends_at);
CREATE INDEX draft_child ON draft (agency, local_id_mac);
COMMENT ON TABLE draft IS 'Deleted when sent, and at ends_at in any case (schemas/policy/drafts.toml).';
CREATE TRIGGER draft_key_lives BEFORE INSERT OR UPDATE OF master_key_id ON draft
    FOR EACH ROW EXECUTE FUNCTION refuse_retired_key();
