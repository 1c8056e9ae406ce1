"""Where are people's decisions kept?"""

from collections import defaultdict
from collections.abc import Collection
from typing import Final

from services.intake.decisions import Decided
from services.intake.store import Connection
from services.runtime import clock
from services.runtime.auth import Caller

_DECIDED: Final = """
SELECT decision_id, d.kind, r.record_ref, r.side
FROM identity_decision AS d JOIN decided_record AS r USING (decision_id)
WHERE d.undone_at IS NULL AND decision_id IN (
    SELECT decision_id FROM decided_record WHERE record_ref = ANY($1))
"""
_KEEP: Final = """
INSERT INTO identity_decision (decision_id, kind, review_id, decided_at, decided_by, agency,
                               sealed_under, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_KEEP_SIDES: Final = """
INSERT INTO decided_record (decision_id, record_ref, side)
SELECT $1, * FROM unnest($2::text[], $3::int[])
"""
_UNDO: Final = """
UPDATE identity_decision SET undone_at = $2, undone_by = $3
WHERE decision_id = ANY($1) AND undone_at IS NULL
"""


async def decided_among(connection: Connection, records: Collection[str]) -> list[Decided]:
    """Return every decision that holds and names one of these records."""
    kinds: dict[str, str] = {}
    sides: defaultdict[str, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in await connection.fetch(_DECIDED, list(records)):
        kinds[row["decision_id"]] = row["kind"]
        sides[row["decision_id"]][row["side"]].add(row["record_ref"])
    return [
        Decided(decision_id, kind, tuple(  # type: ignore[arg-type]  # the table checks it
            frozenset(refs) for _, refs in sorted(sides[decision_id].items())))
        for decision_id, kind in kinds.items()
    ]  # fmt: skip


async def keep(  # noqa: PLR0913 - what a decision is made of
    connection: Connection,
    decided: Decided,
    caller: Caller,
    sealed_under: str,
    reason: bytes,
    review_id: str | None,
) -> None:
    """Write a decision; its reason is sealed under the key of one of its records."""
    await connection.execute(
        _KEEP, decided.decision_id, decided.kind, review_id, clock.now(), caller.subject,
        caller.agency, sealed_under, reason,
    )  # fmt: skip
    rows = list(decided.stated.items())
    await connection.execute(
        _KEEP_SIDES, decided.decision_id, [ref for ref, _ in rows], [side for _, side in rows]
    )


async def undo(connection: Connection, decision_ids: Collection[str], subject: str) -> None:
    """Let decisions no longer hold; they stay on record."""
    await connection.execute(_UNDO, list(decision_ids), clock.now(), subject)
