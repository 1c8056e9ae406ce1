"""What would have become of an event? For test agencies: judged like any, and seen by nobody else.

Nothing leaves this module: no vault, no topic, no matching, no figure. What is sent is kept in a
table of its own, without anything that says who a child is, and judged when it is asked for.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import asyncpg
import msgspec

from services.domain.chronology import Chronology
from services.domain.events import Event
from services.domain.gaps import Gap
from services.domain.judging import CannotJudge, judge_by_each
from services.domain.moments import stamp
from services.domain.policy import Policy
from services.domain.registry import Registry
from services.domain.rules.catalogue import FAMILIES
from services.intake.candidates import Answer, Candidate, refused
from services.intake.chunk import UNKNOWN_CHILD, Placed, again
from services.intake.features import age_at, published
from services.intake.held import Held
from services.intake.receipts import STAGES, told
from services.intake.store import Connection, Known
from services.runtime import clock
from services.runtime.auth import Caller
from services.runtime.contracts import Contracts

KIND: Final = "sandbox"
"""The kind of agency in the registry whose events are only rehearsed."""

_KNOWN: Final = """
SELECT source, id, receipt, body_mac FROM rehearsal
WHERE agency = $1 AND (source, id) IN (SELECT * FROM unnest($2::text[], $3::text[]))
"""
_RECORDS: Final = """
SELECT DISTINCT record_ref FROM rehearsal WHERE agency = $1 AND record_ref = ANY($2)
"""
_KEEP: Final = """
INSERT INTO rehearsal (receipt, agency, source, id, body_mac, record_ref, received_at, body)
SELECT receipt, $1, source, id, mac, record_ref, $2, body
FROM unnest($3::text[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::bytea[])
    AS sent (receipt, source, id, mac, record_ref, body)
ON CONFLICT (source, id) DO NOTHING RETURNING receipt
"""
_FORGET: Final = "DELETE FROM rehearsal WHERE received_at < $1"
_ASKED: Final = """
SELECT receipt, record_ref, received_at FROM rehearsal WHERE agency = $1 AND receipt = ANY($2)
"""
_TOLD: Final = """
SELECT record_ref, body FROM rehearsal
WHERE agency = $1 AND (record_ref = ANY($2) OR record_ref IS NULL)
ORDER BY received_at DESC LIMIT 2000
"""


def is_for(caller: Caller, registry: Registry) -> bool:
    """Say whether what a caller sends is only rehearsed."""
    agency = registry.agencies.get(caller.agency)
    return agency is not None and agency.kind == KIND


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One test agency's candidates, at most one for each (source, id)."""

    connection: Connection
    contracts: Contracts
    caller: Caller
    now: datetime

    async def decide(self, wave: Placed) -> dict[int, Answer]:
        """Answer every candidate as the real thing would, without what others have said."""
        known = await self._known(wave.values())
        answers = again(wave, known)
        fresh = {place: c for place, c in wave.items() if c.key not in known}
        records = await self._records(fresh)
        for place in fresh.keys() - records.keys():
            errors = (UNKNOWN_CHILD,)
            answers[place] = refused(422, "invalid-event", fresh[place].event, errors)
        return answers | await self._keep({p: fresh[p] for p in fresh.keys() & records}, records)

    async def _known(self, candidates: Iterable[Candidate]) -> dict[tuple[str, str], Known]:
        sources, ids = zip(*(c.key for c in candidates), strict=True)
        rows = await self.connection.fetch(_KNOWN, self.caller.agency, list(sources), list(ids))
        return {(r["source"], r["id"]): Known(r["receipt"], r["body_mac"]) for r in rows}

    async def _records(self, fresh: Placed) -> dict[int, str | None]:
        """Whose record each is; of those who name a `child_ref` only where it was rehearsed."""
        named = [c.child_ref for c in fresh.values() if c.child_ref]
        rows = await self.connection.fetch(_RECORDS, self.caller.agency, named) if named else []
        held = {row["record_ref"] for row in rows}
        return {
            place: c.child_ref or _ref(c.local_id_mac)
            for place, c in fresh.items()
            if c.child_ref is None or c.child_ref in held
        }

    async def _keep(self, fresh: Placed, records: Mapping[int, str | None]) -> dict[int, Answer]:
        over = self.contracts.retention.classes["rehearsal"].due_before(self.now)
        await self.connection.execute(_FORGET, over["received-at"])
        made = {place: clock.new_ref() for place in sorted(fresh)}
        rows = [
            (made[place], *c.key, c.body_mac, records[place], self._body(c, records[place]))
            for place, c in sorted(fresh.items())
        ]
        columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(6)]
        kept = await self.connection.fetch(_KEEP, self.caller.agency, self.now, *columns)
        receipts = {row["receipt"] for row in kept}
        answers = {
            place: Answer("accepted", 202, "", *fresh[place].key, receipt)
            for place, receipt in made.items()
            if receipt in receipts
        }
        lost = {place: c for place, c in fresh.items() if place not in answers}
        return answers | (again(lost, await self._known(lost.values())) if lost else {})

    def _body(self, candidate: Candidate, record_ref: str | None) -> bytes:
        """What would have been published; the age is known where this very event states it."""
        born = Held().birth_date(candidate.child)
        age = age_at(born, candidate.time) if born else None
        staff_ref = _ref(candidate.staff_mac)
        event = published(self.contracts, candidate, self.now, record_ref, staff_ref, age)
        return msgspec.json.encode(event.to_wire())


async def positions(
    pool: "asyncpg.Pool[asyncpg.Record]",
    policy: Policy,
    caller: Caller,
    receipts: Sequence[str],
    now: datetime,
) -> dict[str, dict[str, Any]]:
    """Return, by receipt, the last stage, its times and open gaps, as `receipts.positions` does."""
    asked = await pool.fetch(_ASKED, caller.agency, list(receipts))
    refs = sorted({row["record_ref"] for row in asked if row["record_ref"]})
    rows = await pool.fetch(_TOLD, caller.agency, refs)
    gaps = {ref: list(_open(ref, rows, policy, now)) for ref in refs}
    return {
        row["receipt"]: {
            "receipt": row["receipt"],
            "stage": STAGES[-1],
            "times": dict.fromkeys(STAGES, stamp(row["received_at"])),
            "gaps": [told(gap, caller, policy.registry) for gap in gaps.get(row["record_ref"], ())],
        }
        for row in asked
    }


def _open(ref: str, rows: Iterable[asyncpg.Record], policy: Policy, now: datetime) -> Iterator[Gap]:
    """Judge one rehearsed child by everything, and leave what is open."""
    events: dict[bool, list[Event]] = defaultdict(list)
    for row in rows:
        if row["record_ref"] in (ref, None):
            event = Event.from_wire(msgspec.json.decode(row["body"]))
            events[row["record_ref"] is None].append(event)
    child = Chronology(
        child_ref=ref,
        epoch=0,
        version=0,
        merged_into=None,
        erased=False,
        events=tuple(events[False]),
        training=tuple(events[True]),
    )
    for found in judge_by_each(FAMILIES, child, policy).values():
        for gap in () if isinstance(found, CannotJudge) else found:
            if gap.opens_at <= now and (gap.closes_at is None or gap.closes_at > now):
                yield gap


def _ref(mac: bytes | None) -> str | None:
    return None if mac is None else sha256(mac).hexdigest()[:32]
