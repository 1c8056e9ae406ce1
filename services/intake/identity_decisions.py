"""What follows when a person decides who is one child? Kept, on record, and judged by the matcher.

A decision names the records of both sides as they stand when it is made. It is written while no
matcher decides; links and un-links follow through the outbox once the matcher has judged again.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from services.domain.registry import Registry
from services.intake import matcher_waiting, store
from services.intake.decisions import Decided, Kind
from services.intake.decisions_store import decided_among, keep, undo
from services.intake.identity_reviews import require_reviewer, seen_of
from services.intake.matcher_store import CROWDED
from services.intake.store import Connection
from services.intake.vault import Vault, decision_place
from services.runtime import audit, clock
from services.runtime.asking import asking
from services.runtime.audit import Act, Purpose
from services.runtime.auth import Caller

_REVIEW: Final = "SELECT review_id, reason, records, closed_at FROM review WHERE review_id = $1"
_SIDES: Final = """
SELECT record_ref, agency, child_ref FROM record
WHERE child_ref IN (SELECT child_ref FROM record WHERE record_ref = ANY($1))
ORDER BY child_ref, record_ref
"""
_DECISION: Final = """
SELECT record_ref, record.agency, child_ref FROM record JOIN decided_record USING (record_ref)
JOIN identity_decision USING (decision_id) WHERE decision_id = $1 AND undone_at IS NULL
"""


class NotDecidable(Exception):
    """There is nothing to be decided; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants, why, and what for."""

    kind: Kind
    reason: str
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Decider:
    """Takes decisions in."""

    pool: "asyncpg.Pool[asyncpg.Record]"
    readers: "asyncpg.Pool[asyncpg.Record]"
    registry: Registry
    vault: Vault

    async def decide(self, caller: Caller, review_id: str, asked: Asked) -> dict[str, Any] | None:
        """Decide a review: its sides are one child, or are not; None where it is not seen.

        Raises Forbidden, NotDecidable.
        """
        require_reviewer(caller, asked.purpose)
        async with self.pool.acquire() as connection, connection.transaction():
            await matcher_waiting.await_turn(connection)
            review = await connection.fetchrow(_REVIEW, review_id)
            named = set(review["records"]) if review else set()
            rows = await connection.fetch(_SIDES, list(named))
            if review is None or not await self._sees(caller, named):
                return None
            if review["closed_at"] is not None or review["reason"] == CROWDED:
                raise NotDecidable("closed" if review["closed_at"] else "crowded")
            sides: dict[str, set[str]] = {}
            for row in rows:
                sides.setdefault(row["child_ref"], set()).add(row["record_ref"])
            if len(sides) == 1:
                raise NotDecidable("one-child")
            return await self._keep(connection, caller, asked, list(sides.values()), review_id)

    async def unlink(
        self, caller: Caller, child_ref: str, record_ref: str, asked: Asked
    ) -> dict[str, Any] | None:
        """Take a record off its child; None where it is not seen.

        Raises Forbidden, NotDecidable.
        """
        require_reviewer(caller, asked.purpose)
        async with self.pool.acquire() as connection, connection.transaction():
            await matcher_waiting.await_turn(connection)
            rows = await connection.fetch(_SIDES, [record_ref])
            if {row["child_ref"] for row in rows} != {child_ref}:
                return None
            if not await self._sees(caller, {record_ref}):
                return None
            others = {row["record_ref"] for row in rows} - {record_ref}
            if not others:
                raise NotDecidable("one-record")
            return await self._keep(connection, caller, asked, [{record_ref}, others])

    async def undo(
        self, caller: Caller, decision_id: str, purpose: Purpose
    ) -> dict[str, Any] | None:
        """Let a decision no longer hold; None where none is seen that does. Raises Forbidden."""
        require_reviewer(caller, purpose)
        async with self.pool.acquire() as connection, connection.transaction():
            await matcher_waiting.await_turn(connection)
            rows = await connection.fetch(_DECISION, decision_id)
            refs = {row["record_ref"] for row in rows}
            if not refs or not await self._sees(caller, refs):
                return None
            await undo(connection, [decision_id], caller.subject)
            await matcher_waiting.ask(connection, refs)
            act = Act("alteration", "identity-undo", purpose, len(refs), records=sorted(refs))
            await audit.write(connection, caller, act)
        return {"decision_id": decision_id, "undone": True}

    async def _sees(self, caller: Caller, refs: Collection[str]) -> bool:
        """Whether the caller may see all of these records; Postgres says so as well."""
        async with asking(self.readers, caller) as connection:
            return len(await seen_of(connection, caller, refs, self.registry)) == len(refs)

    async def _keep(
        self,
        connection: Connection,
        caller: Caller,
        asked: Asked,
        sides: Sequence[Collection[str]],
        review_id: str | None = None,
    ) -> dict[str, Any]:
        """Write a decision, undo those that it contradicts, and have all of them judged again."""
        refs = sorted({ref for side in sides for ref in side})
        decided = Decided(clock.new_ref(), asked.kind, tuple(frozenset(side) for side in sides))
        before = await decided_among(connection, refs)
        await undo(connection, contradicted(decided, before), caller.subject)
        owner = (await store.records_by_ref(connection, self.vault, [min(sides[0])]))[min(sides[0])]
        place = decision_place(decided.decision_id)
        sealed = owner.key.seal(asked.reason.encode(), place)
        await keep(connection, decided, caller, owner.ref, sealed, review_id)
        await matcher_waiting.ask(connection, refs)
        operation: Final = "combination" if asked.kind == "link" else "alteration"
        act = Act(operation, f"identity-{asked.kind}", asked.purpose, len(refs), records=refs)
        await audit.write(connection, caller, act)
        return {"decision_id": decided.decision_id, "decision": decided.kind}


def contradicted(decided: Decided, before: Iterable[Decided]) -> list[str]:
    """Name the earlier decisions that this one takes back: who changes their mind says so once."""
    found = []
    stated = decided.stated
    for one in before:
        crossing = {(stated.get(ref), side) for ref, side in one.stated.items() if ref in stated}
        now, then = ({side for side, _ in crossing}, {side for _, side in crossing})
        linked_now, linked_then = decided.kind == "link", one.kind == "link"
        if (linked_now and not linked_then and len(then) > 1) or (
            linked_then and not linked_now and len(now) > 1
        ):
            found.append(one.decision_id)
    return found
