"""How is a gap explained to who may see it?"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from services.dashboards import store
from services.dashboards.desk import Desk
from services.dashboards.handlers import PURPOSE, Forbidden, item, settled
from services.dashboards.sight import Sight, sight_of
from services.domain import explain_chain
from services.domain.events import Key
from services.domain.explain import sentence
from services.domain.explain_chain import Known
from services.domain.gaps import Gap
from services.domain.moments import moment, stamp
from services.domain.registry import Registry
from services.domain.rules.described import RULES, described
from services.runtime import audit, beliefs
from services.runtime.asking import asking
from services.runtime.audit import Act
from services.runtime.auth import Caller

ACTION: Final = "gap-explained"


async def of_gap(
    desk: Desk, caller: Caller, gap_id: UUID, known_at: datetime | None, now: datetime
) -> dict[str, Any] | None:
    """Explain a gap as it was believed, and write who asked, in one transaction.

    None where nothing was believed then that the caller may see. Raises Forbidden.
    """
    sight = sight_of(caller, desk.registry)
    if sight is None:
        raise Forbidden
    async with asking(desk.readers, caller) as connection:
        at, beyond = settled(known_at, await store.watermark(connection))
        rows = await store.beliefs_of(connection, gap_id, at)
        seen = [row for row in rows if sight.sees(row["agency"], row["visible_to"])]
        held = next((row for row in reversed(seen) if _is_held(row, at)), None)
        await audit.write(connection, caller, _act(gap_id, rows, found=held is not None))
        if held is None:
            return None
        gap = beliefs.from_row(held)
        kinds = await store.kinds(connection, {gap.anchor, *gap.evidence})
    return {
        "gap": item(held, sight, now, desk.registry),
        **_explained(gap, sight, kinds, desk),
        "earlier": [_earlier(row, sight, desk.registry) for row in seen if not _is_held(row, at)],
        "known_at": stamp(at),
        "known_at_requested_beyond_watermark": beyond,
    }


def _act(gap_id: UUID, rows: Sequence[Record], *, found: bool) -> Act:
    """Put on record whose gap was asked for, also where the reader is told of none."""
    children = {row["child_ref"] for row in rows}
    return Act("consultation", ACTION, PURPOSE, int(found), children=children, about=str(gap_id))


def _is_held(row: Record, at: datetime) -> bool:
    return row["known_to"] is None or row["known_to"] > at


def _explained(gap: Gap, sight: Sight, kinds: Mapping[Key, Record], desk: Desk) -> dict[str, Any]:
    """Explain a gap to a reader, by what is known of the events behind it."""
    anchored_at = _anchored_at(gap, kinds)
    listed, elsewhere = sight.evidence(gap)
    known = _known(listed, kinds)
    lines = explain_chain.lines(gap, desk.policy, anchored_at)
    told = sentence(gap, sight.reader, sight.sees_all, desk.registry)
    return {
        "rule": described(RULES[gap.rule]) | {"version": gap.rule_version},
        "policy": {
            "judged_by": gap.policy_version,
            "current": desk.policy.version,
            "lines": lines,
        },
        "clock": explain_chain.clock(gap.why),
        "evidence": [_event(one) for one in known],
        "evidence_elsewhere": elsewhere,
        "reporting": explain_chain.reporting(gap, desk.policy, anchored_at),
        "chain": [
            step._asdict() for step in explain_chain.chain(gap, told, known, elsewhere, lines)
        ],
    }


def _anchored_at(gap: Gap, kinds: Mapping[Key, Record]) -> datetime:
    """Return the anchor's time; where it is held no more the nearest that the gap itself tells."""
    if gap.anchor in kinds:
        at: datetime = kinds[gap.anchor]["time"]
        return at
    started_at = gap.why.params.get("started_at")
    return gap.opens_at if started_at is None else moment(started_at)


def _known(listed: Sequence[Key], kinds: Mapping[Key, Record]) -> list[Known]:
    """Say what is known of the events that a reader is shown, in the order of the evidence."""
    found = [(key, kinds.get(key)) for key in listed]
    return [
        Known(key, None, None) if kind is None else Known(key, kind["type"], kind["time"])
        for key, kind in found
    ]


def _event(one: Known) -> dict[str, Any]:
    time = None if one.time is None else stamp(one.time)
    return {"source": one.key[0], "id": one.key[1], "type": one.type, "time": time}


def _earlier(row: Record, sight: Sight, registry: Registry) -> dict[str, Any]:
    """Say what was believed before, and from when to when."""
    gap = beliefs.from_row(row)
    return {
        "known_from": stamp(row["known_from"]),
        "known_to": stamp(row["known_to"]),
        "child_ref": gap.child_ref,
        "agency": gap.agency,
        "opens_at": stamp(gap.opens_at),
        "closes_at": None if gap.closes_at is None else stamp(gap.closes_at),
        "observed": gap.observed,
        "rule_version": gap.rule_version,
        "policy_version": gap.policy_version,
        "why": sentence(gap, sight.reader, sight.sees_all, registry),
    }
