-- Several master keys at once. The root of the MAC keys is wrapped like a record's key, so that it
-- outlives the master key that it was made under; MACs are written down and never change.
CREATE TABLE mac_key (
    single         boolean PRIMARY KEY DEFAULT true CHECK (single),
    wrapped_key    bytea NOT NULL,
    master_key_id  text NOT NULL
);

-- A master key that is gone: nothing may be wrapped by it any more, also not by a process that has
-- not heard of it. The trigger waits behind the lock of whoever retires the key.
CREATE TABLE retired_master_key (
    master_key_id  text PRIMARY KEY,
    retired_at     timestamptz NOT NULL
);
CREATE FUNCTION refuse_retired_key() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF EXISTS (SELECT FROM retired_master_key AS gone WHERE gone.master_key_id = NEW.master_key_id) THEN
        RAISE EXCEPTION 'wrapped by a retired master key' USING ERRCODE = '40001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER record_key_lives BEFORE INSERT OR UPDATE OF master_key_id ON record
    FOR EACH ROW EXECUTE FUNCTION refuse_retired_key();
CREATE TRIGGER staff_key_lives BEFORE INSERT OR UPDATE OF master_key_id ON staff
    FOR EACH ROW EXECUTE FUNCTION refuse_retired_key();
CREATE TRIGGER import_key_lives BEFORE INSERT OR UPDATE OF master_key_id ON import
    FOR EACH ROW EXECUTE FUNCTION refuse_retired_key();
CREATE TRIGGER mac_key_lives BEFORE INSERT OR UPDATE OF master_key_id ON mac_key
    FOR EACH ROW EXECUTE FUNCTION refuse_retired_key();
