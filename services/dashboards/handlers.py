"""What is answered to who asks for gaps?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from asyncpg import Pool, Record

from services.dashboards import store
from services.dashboards.cursor import Cursor
from services.dashboards.question import CHOICES, Question, State
from services.dashboards.sight import Sight, sight_of
from services.dashboards.store import Moments
from services.domain.explain import sentence
from services.domain.gaps import Gap
from services.domain.moments import stamp
from services.domain.registry import Registry
from services.domain.rules.described import RULES
from services.runtime import audit, auth, beliefs
from services.runtime.asking import asking
from services.runtime.audit import Act
from services.runtime.auth import Caller

ACTION: Final = "gaps-read"
PURPOSE: Final = "oversight"


Forbidden = auth.Forbidden


async def gaps(
    readers: "Pool[Record]", registry: Registry, caller: Caller, asked: Question, now: datetime
) -> dict[str, Any]:
    """Answer one page, and write who read it, in one transaction.

    Raises Forbidden, and BadCursor for a cursor that is not of this question.
    """
    sight = sight_of(caller, registry)
    if sight is None:
        raise Forbidden
    digest = asked.digest(caller.subject, caller.agency, caller.role)
    after = Cursor.of(asked.cursor, digest) if asked.cursor is not None else None
    async with asking(readers, caller) as connection:
        at, beyond = _moments(asked, after, now, await store.watermark(connection))
        total = after.total if after else await store.count(connection, asked, at, sight)
        rows = await store.page(connection, asked, at, sight, after) if total else []
        shown = rows[: asked.rows]
        await audit.write(connection, caller, _act(asked, shown, registry))
    more = len(rows) > len(shown)
    return {
        "items": [item(row, sight, at.as_of, registry) for row in shown],
        "total": total,
        "next": _cursor(digest, at, beyond, total, shown[-1]).encode() if more else None,
        "as_of": stamp(at.as_of),
        "known_at": stamp(at.known_at),
        "known_at_requested_beyond_watermark": beyond,
    }


def _act(asked: Question, shown: Sequence[Record], registry: Registry) -> Act:
    """Put on record by what was asked, and of which children rows were shown."""
    children: set[str] = {row["child_ref"] for row in shown}
    if asked.child_ref is not None:
        children.add(asked.child_ref)
    return Act(
        "consultation",
        ACTION,
        PURPOSE,
        len(shown),
        children=children,
        about=asked.referral_ref or asked.event,
        asked=audit.coded(asked.stated(), {"rule": RULES, "agency": registry.agencies, **CHOICES}),
    )


def _moments(
    asked: Question, after: Cursor | None, now: datetime, watermark: datetime
) -> tuple[Moments, bool]:
    """Settle both times; what is not settled belief yet is answered at the watermark."""
    if after is not None:
        known_at, beyond = min(after.known_at, watermark), after.beyond_watermark
        return Moments(after.as_of, known_at, known_at == watermark), beyond
    known_at, beyond = settled(asked.known_at, watermark)
    return Moments(asked.as_of or now, known_at, known_at == watermark), beyond


def settled(known_at: datetime | None, watermark: datetime) -> tuple[datetime, bool]:
    """Return the moment of belief that is answered, and whether a later one was asked for."""
    if known_at is None:
        return watermark, False
    return min(known_at, watermark), known_at > watermark


def _cursor(digest: str, at: Moments, beyond: bool, total: int, last: Record) -> Cursor:  # noqa: FBT001 - in the order of a cursor
    place = (last["opens_at"], last["gap_id"], last["child_ref"])
    return Cursor(digest, at.as_of, at.known_at, beyond, total, *place)


def state_of(gap: Gap, as_of: datetime) -> State:
    """Say how a gap stands at a moment."""
    if gap.opens_at > as_of:
        return "upcoming"
    return "open" if gap.closes_at is None or gap.closes_at > as_of else "closed"


def item(row: Record, sight: Sight, as_of: datetime, registry: Registry) -> dict[str, Any]:
    """Show one gap to this reader."""
    gap = beliefs.from_row(row)
    listed, elsewhere = sight.evidence(gap)
    wire = gap.to_wire()
    del wire["visible_to"]
    return wire | {
        "anchor": wire["anchor"] if sight.shows_anchor(gap) else None,
        "state": state_of(gap, as_of),
        "why": sentence(gap, sight.reader, sight.sees_all, registry),
        "why_code": gap.why.code,
        "evidence": _keys(listed),
        "evidence_elsewhere": elsewhere,
        "known_from": stamp(row["known_from"]),
    }


def _keys(keys: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"source": source, "id": event_id} for source, event_id in keys]
