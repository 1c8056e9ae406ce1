"""Which records should a person look at, since they may be one child, and how did that come about?

Shown to a quality reviewer, who alone sees records of several agencies, and of their own area only.
Every look is on record. A review of which not every record may be seen is not there.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import asyncpg

from services.domain.moments import london_day, stamp
from services.domain.registry import Registry
from services.intake import store
from services.intake.held import open_held
from services.intake.kin import people_of
from services.intake.likely import Judge
from services.intake.sight import sees
from services.intake.store import Connection
from services.intake.vault import Vault
from services.runtime import audit, clock
from services.runtime.asking import asking
from services.runtime.audit import Act, Purpose
from services.runtime.auth import Caller, Forbidden
from services.runtime.contracts import Contracts

State = Literal["open", "closed"]
MOST: Final = 200
"""Reviews told at once."""
COUNTED: Final = 1_000
"""No further are they counted: who has more before them needs no number."""

_REVIEWS: Final = """
SELECT review_id, kind, reason, records, opened_at, closed_at FROM review
WHERE (closed_at IS NULL) = $1
  AND ($2::timestamptz IS NULL OR (opened_at, review_id) > ($2, $3::text))
ORDER BY opened_at, review_id LIMIT $4
"""
_REVIEW: Final = """
SELECT review_id, kind, reason, records, opened_at, closed_at FROM review WHERE review_id = $1
"""
_RECORDS: Final = "SELECT record_ref, agency, child_ref FROM record WHERE record_ref = ANY($1)"
_DECISIONS: Final = """
SELECT DISTINCT decision_id, kind, decided_at, undone_at FROM identity_decision
JOIN decided_record USING (decision_id) WHERE record_ref = ANY($1) ORDER BY decided_at, decision_id
"""


@dataclass(frozen=True, slots=True)
class Reviews:
    """Shows reviews; `pool` reads what no reader may, for who has been let in already."""

    pool: "asyncpg.Pool[asyncpg.Record]"
    readers: "asyncpg.Pool[asyncpg.Record]"
    contracts: Contracts
    vault: Vault

    async def all(self, caller: Caller, state: State, purpose: Purpose) -> dict[str, Any]:
        """List the reviews that the caller sees, oldest first. Raises Forbidden."""
        require_reviewer(caller, purpose)
        async with asking(self.readers, caller) as connection:
            shown = await self._shown(connection, caller, state)
            listed = shown[:MOST]
            touched = sorted({ref for row in listed for ref in row["records"]})
            act = Act("consultation", "identity-reviews", purpose, len(listed), records=touched)
            await audit.write(connection, caller, act)
        items = [{**_named(row), "records": len(row["records"])} for row in listed]
        return {"items": items, "total": len(shown)}

    async def _shown(
        self, connection: Connection, caller: Caller, state: State
    ) -> list[asyncpg.Record]:
        """Return the first reviews all of whose records the caller sees, as many as are counted."""
        shown: list[asyncpg.Record] = []
        after: tuple[object, object] = (None, None)
        while len(shown) < COUNTED:
            rows = await connection.fetch(_REVIEWS, state == "open", *after, COUNTED)
            refs = {ref for row in rows for ref in row["records"]}
            seen = await seen_of(connection, caller, refs, self.contracts.registry)
            shown += (row for row in rows if seen.keys() >= set(row["records"]))
            if len(rows) < COUNTED:
                break
            after = rows[-1]["opened_at"], rows[-1]["review_id"]
        return shown[:COUNTED]

    async def one(self, caller: Caller, review_id: str, purpose: Purpose) -> dict[str, Any] | None:
        """Return a review with both sides as the caller may see them; None for none.

        Raises Forbidden.
        """
        require_reviewer(caller, purpose)
        async with asking(self.readers, caller) as connection:
            row = await connection.fetchrow(_REVIEW, review_id)
            refs = row["records"] if row else []
            seen = await seen_of(connection, caller, refs, self.contracts.registry)
            act = Act("consultation", "identity-review", purpose, len(seen), records=sorted(seen))
            await audit.write(connection, caller, act)
            if row is None or not seen.keys() >= set(row["records"]):
                return None
            sides = await self._sides(connection, seen)
        return {
            **_named(row),
            "sides": sides,
            "weight": await self._weight(row),
            "decisions": await self._decisions(sorted(seen)),
        }

    async def _sides(
        self, connection: Connection, seen: Mapping[str, asyncpg.Record]
    ) -> Sequence[Mapping[str, Any]]:
        """Return by child who each of its records says that it is."""
        owners = await store.records_by_ref(connection, self.vault, seen)
        held = await open_held(connection, owners.values())
        sides: dict[str, list[dict[str, Any]]] = {}
        for ref, row in sorted(seen.items()):
            stated = {"record_ref": ref, "agency": row["agency"]}
            record = {**stated, "statements": list(held[ref].statements)}
            sides.setdefault(row["child_ref"], []).append(record)
        return [{"child_ref": child_ref, "records": them} for child_ref, them in sides.items()]

    async def _weight(self, row: asyncpg.Record) -> dict[str, Any] | None:
        """Say how a likeness came about, by what is stated now; None of a shared value."""
        if row["kind"] != "likeness":
            return None
        judge = Judge.of(self.contracts.matching(), london_day(clock.now()))
        async with self.pool.acquire() as connection:
            people = await people_of(
                connection, self.vault, judge, self.contracts.registry, row["records"]
            )
        comparison = judge.compare(*(people[ref] for ref in row["records"]))
        if comparison is None:
            return None
        weights, added = judge.weights, judge.weights.parts(comparison)
        return {
            "version": weights.version,
            "before": round(weights.before, 2),
            "total": round(weights.weight(comparison), 2),
            "linked_from": weights.linked_from,
            "review_from": weights.review_from,
            "band": weights.band(comparison),
            "parts": [
                {"thing": thing, "level": level, "weight": round(added[thing], 2)}
                for thing, level in comparison._asdict().items()
            ],
        }

    async def _decisions(self, refs: Sequence[str]) -> list[dict[str, Any]]:
        """Return what people have decided of these records, in order."""
        return [
            {
                "decision_id": row["decision_id"],
                "decision": row["kind"],
                "decided_at": stamp(row["decided_at"]),
                "undone_at": row["undone_at"] and stamp(row["undone_at"]),
            }
            for row in await self.pool.fetch(_DECISIONS, refs)
        ]


def require_reviewer(caller: Caller, purpose: Purpose) -> None:
    """Let only those in who may see records of several agencies. Raises Forbidden."""
    if caller.role != "qa-reviewer" or not caller.may_ask(purpose):
        raise Forbidden


async def seen_of(
    connection: Connection, caller: Caller, refs: Collection[str], registry: Registry
) -> dict[str, asyncpg.Record]:
    """Return those of these records that the caller may see."""
    rows = await connection.fetch(_RECORDS, list(refs))
    return {row["record_ref"]: row for row in rows if sees(caller, row["agency"], registry)}


def _named(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "review_id": row["review_id"],
        "kind": row["kind"],
        "reason": row["reason"],
        "opened_at": stamp(row["opened_at"]),
        "closed_at": row["closed_at"] and stamp(row["closed_at"]),
    }
