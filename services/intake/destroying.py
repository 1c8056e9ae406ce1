"""How is all that the vault holds of a child destroyed? In one transaction, keys and content.

A test compares the tables named here with those that the schema has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.domain.events import Key
from services.intake.store import Connection
from services.intake.vault import Vault

TIMEOUTS: Final = "SET LOCAL statement_timeout = '60s'; SET LOCAL lock_timeout = '15s'"
_RECORDS: Final = """
SELECT record_ref, agency FROM record WHERE child_ref = $1 ORDER BY record_ref
"""
# In one order with the relay: outbox, then events. It keeps its rows while the broker answers.
_LOCK_OUTBOX: Final = """
SELECT FROM outbox WHERE convert_from(key, 'UTF8') = ANY($1) ORDER BY seq FOR UPDATE
"""
_LOCK_RECORDS: Final = """
SELECT FROM record WHERE record_ref = ANY($1) ORDER BY record_ref FOR UPDATE
"""
# What retracts an erased event is about it, whoever sent it, and goes with it.
_EVENTS: Final = """
WITH RECURSIVE gone AS (
    SELECT receipt, source, id FROM event WHERE record_ref = ANY($1)
    UNION
    SELECT event.receipt, event.source, event.id FROM gone
    JOIN retraction ON (target_source, target_id) = (gone.source, gone.id)
    JOIN event ON event.receipt = retraction.receipt)
SELECT e.receipt, e.source, e.id FROM gone JOIN event AS e USING (receipt)
ORDER BY e.receipt FOR UPDATE OF e
"""
# Both sides must agree on whose the records are: a link on its way would be told of a ref that is
# refused, and its record's verdicts would be renamed as this child's.
_UNSETTLED: Final = """
SELECT EXISTS (
    SELECT FROM record AS r LEFT JOIN chronology.record_position AS p USING (record_ref)
    WHERE r.child_ref = $1 AND coalesce(p.link_version, 0) <> r.link_version
) OR EXISTS (
    SELECT FROM chronology.record_position AS p JOIN record AS r USING (record_ref)
    WHERE p.child_ref = $1 AND r.child_ref <> $1)
"""
_HELD: Final = """
SELECT EXISTS (SELECT FROM legal_hold WHERE record_ref = ANY($1) AND lifted_at IS NULL)
"""
BY_RECEIPT: Final[Sequence[tuple[str, str]]] = (
    ("effect", "receipt = ANY($1)"),
    ("retraction", "receipt = ANY($1)"),
    ("carried_ref", "receipt = ANY($1)"),
    ("statement", "receipt = ANY($1)"),
    ("identity", "receipt = ANY($1)"),
    ("import_row", "receipt = ANY($1)"),
    ("original", "receipt = ANY($1)"),
    ("outbox", "receipt = ANY($1)"),
    ("event", "receipt = ANY($1)"),
)
# A decision on who is who stands between the records that are left, if they are still on two sides;
# what was sealed under a record that is gone is gone. Its review goes, too.
_NOTHING_DECIDED: Final = """NOT EXISTS (
    SELECT FROM decided_record AS d WHERE d.decision_id = identity_decision.decision_id)
    OR sealed_under = ANY($1)"""
BY_RECORD: Final[Sequence[tuple[str, str]]] = (
    ("effect", "record_ref = ANY($1)"),
    ("outbox", "convert_from(key, 'UTF8') = ANY($1)"),
    ("block", "record_ref = ANY($1)"),
    ("rematch", "record_ref = ANY($1)"),
    ("decided_record", "record_ref = ANY($1)"),
    ("identity_decision", _NOTHING_DECIDED),
    ("review", "records && $1::text[]"),
    ("legal_hold", "record_ref = ANY($1)"),
    ("glass", "record_ref = ANY($1)"),
    ("record", "record_ref = ANY($1)"),
)
# What somebody has begun to write of the child, by the numbers that it states.
DRAFT_OF: Final = """draft_id IN (
    SELECT draft_id FROM draft JOIN record
        ON (draft.agency, draft.local_id_mac) = (record.agency, record.local_id_mac)
        OR EXISTS (SELECT FROM statement WHERE statement.record_ref = record.record_ref
                   AND (statement.nhs_mac = draft.nhs_mac OR statement.upn_mac = draft.upn_mac))
    WHERE record.record_ref = ANY($1))"""
_DRAFTS: Final = f"DELETE FROM draft WHERE {DRAFT_OF}"  # noqa: S608 - our words
TABLES: Final = frozenset({"draft", *(table for table, _ in (*BY_RECEIPT, *BY_RECORD))})
# Another record's retraction may have been the first to say who its child is.
_KEEP_IDENTITY: Final = """
UPDATE identity SET receipt = another.receipt
FROM (SELECT DISTINCT ON (record_ref) record_ref, receipt FROM event
      WHERE receipt <> ALL($2) AND record_ref <> ALL($1) ORDER BY record_ref, time) AS another
WHERE identity.receipt = ANY($2) AND identity.record_ref <> ALL($1)
  AND another.record_ref = identity.record_ref
"""
_KEEP_DECISION: Final = """
UPDATE identity_decision AS d SET reason = '',
    sealed_under = (SELECT min(r.record_ref) FROM decided_record AS r
                    WHERE r.decision_id = d.decision_id AND r.record_ref <> ALL($1))
WHERE sealed_under = ANY($1)
  AND 1 < (SELECT count(DISTINCT side) FROM decided_record AS r
           WHERE r.decision_id = d.decision_id AND r.record_ref <> ALL($1))
"""
_NO_SIDES: Final = """
DELETE FROM decided_record AS gone USING (
    SELECT decision_id FROM decided_record
    WHERE decision_id IN (SELECT decision_id FROM decided_record WHERE record_ref = ANY($1))
    GROUP BY decision_id
    HAVING count(DISTINCT side) FILTER (WHERE record_ref <> ALL($1)) < 2) AS one_sided
WHERE gone.decision_id = one_sided.decision_id
"""
_FREE_REVIEWS: Final = """
UPDATE identity_decision SET review_id = NULL
WHERE review_id IN (SELECT review_id FROM review WHERE records && $1::text[])
"""
_EFFECTS_ON: Final = """
DELETE FROM effect USING unnest($1::text[], $2::text[]) AS gone (source, id)
WHERE (effect.source, effect.id) = (gone.source, gone.id)
"""
_REFUSED: Final = """
SELECT e.source, e.id FROM unnest($1::text[], $2::text[], $3::bytea[]) AS e(source, id, mac)
JOIN erased_event ON key_mac = e.mac
"""
_REFUSE: Final = """
INSERT INTO erased_event SELECT unnest($1::bytea[]) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to destroy, locked."""

    records: Sequence[tuple[str, str]]
    """(record_ref, agency)."""
    receipts: Sequence[str]
    keys: Sequence[Key]

    @property
    def record_refs(self) -> list[str]:
        """The records alone."""
        return [ref for ref, _ in self.records]


async def refused(connection: Connection, vault: Vault, keys: Sequence[Key]) -> set[Key]:
    """Return those of these events that were erased."""
    if not keys:
        return set()
    columns = [source for source, _ in keys], [event_id for _, event_id in keys]
    macs = [vault.mac("erased-event", *key) for key in keys]
    rows = await connection.fetch(_REFUSED, *columns, macs)
    return {(row["source"], row["id"]) for row in rows}


async def records_of(connection: Connection, child_ref: str) -> list[tuple[str, str]]:
    """Return (record_ref, agency) of every record of a child."""
    rows = await connection.fetch(_RECORDS, child_ref)
    return [(row["record_ref"], row["agency"]) for row in rows]


async def unsettled(connection: Connection, child_ref: str) -> bool:
    """Say whether a link or un-link of this child is still on its way to chronology."""
    return bool(await connection.fetchval(_UNSETTLED, child_ref))


async def held(connection: Connection, record_refs: Sequence[str]) -> bool:
    """Say whether any of these records is under a legal hold."""
    return bool(await connection.fetchval(_HELD, record_refs))


async def find(connection: Connection, records: Sequence[tuple[str, str]]) -> Found:
    """Lock and name all that there is of these records."""
    refs = [ref for ref, _ in records]
    await connection.execute(_LOCK_OUTBOX, refs)
    await connection.execute(_LOCK_RECORDS, refs)
    rows = await connection.fetch(_EVENTS, refs)
    return Found(
        records, [row["receipt"] for row in rows], [(row["source"], row["id"]) for row in rows]
    )


async def destroy(connection: Connection, found: Found, macs: Sequence[bytes]) -> None:
    """Destroy keys and all that they sealed, every MAC and every row; `macs` are refused later."""
    refs, receipts = found.record_refs, found.receipts
    await connection.execute(_REFUSE, macs)
    sources, ids = [source for source, _ in found.keys], [event_id for _, event_id in found.keys]
    await connection.execute(_EFFECTS_ON, sources, ids)
    await connection.execute(_DRAFTS, refs)
    await connection.execute(_KEEP_IDENTITY, refs, receipts)
    for statement in (_KEEP_DECISION, _NO_SIDES, _FREE_REVIEWS):
        await connection.execute(statement, refs)
    for statements, wanted in ((BY_RECEIPT, receipts), (BY_RECORD, refs)):
        for table, condition in statements:
            query = f"DELETE FROM {table} WHERE {condition}"  # noqa: S608 - our words
            await connection.execute(query, wanted)
