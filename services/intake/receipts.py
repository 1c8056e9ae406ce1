"""How far has an event come, and what is open for its child that the sender may see?

Judged: the matcher has finished with the event, every link and revision that this caused has been
applied, and every deployed judge has answered for a version that holds all of it.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg

from services.domain.explain import sentence
from services.domain.gaps import Gap
from services.domain.moments import stamp
from services.domain.registry import Registry
from services.intake.sight import sees
from services.runtime import audit, beliefs
from services.runtime.asking import asking
from services.runtime.audit import Act
from services.runtime.auth import Caller

MOST: Final = 500
STAGES: Final = ("accepted", "published", "in_chronology", "judged")

ACTION: Final = "receipts-read"
PURPOSE: Final = "referral-follow-up"

_POSITIONS: Final = "SELECT * FROM positions($1)"
_OPEN: Final = """
SELECT * FROM ledger.seen_belief
WHERE child_ref = ANY($1) AND known_to IS NULL AND opens_at <= $2
  AND (closes_at IS NULL OR closes_at > $2)
ORDER BY opens_at, rule, gap_id
"""


async def positions(
    readers: "asyncpg.Pool[asyncpg.Record]",
    registry: Registry,
    caller: Caller,
    receipts: Sequence[str],
    now: datetime,
) -> dict[str, dict[str, Any]]:
    """Return, by receipt, stage, times and open gaps; receipts of other agencies are absent."""
    async with asking(readers, caller) as connection:
        rows = await connection.fetch(_POSITIONS, list(receipts))
        children = sorted({row["child_ref"] for row in rows if row["child_ref"]})
        about = receipts[0] if len(receipts) == 1 else None
        act = Act("consultation", ACTION, PURPOSE, len(rows), children=children, about=about)
        await audit.write(connection, caller, act)
        found = await connection.fetch(_OPEN, children, now) if children else []
    gaps: dict[str, list[Gap]] = defaultdict(list)
    for row in found:
        gap = beliefs.from_row(row)
        if seen(gap, caller, registry):
            gaps[gap.child_ref].append(gap)
    return {
        row["receipt"]: _position(row)
        | {"gaps": [told(gap, caller, registry) for gap in gaps.get(row["child_ref"], ())]}
        for row in rows
    }


def _position(row: asyncpg.Record) -> dict[str, Any]:
    published_at = row["published_at"] or (row["stored_at"] if row["in_chronology"] else None)
    times = {
        "accepted": row["received_at"],
        "published": published_at,
        "in_chronology": row["stored_at"] if row["in_chronology"] else None,
        "judged": row["judged_at"] if row["judged"] else None,
    }
    reached = [stage for stage in STAGES if times[stage] is not None]
    return {
        "receipt": row["receipt"],
        "stage": reached[-1],
        "times": {stage: stamp(at) if at else None for stage, at in times.items()},
    }


def seen(gap: Gap, caller: Caller, registry: Registry) -> bool:
    """Whether a caller may see a gap: who owes it, who it concerns, who looks after them."""
    return caller.agency in gap.visible_to or sees(caller, gap.agency, registry)


def told(gap: Gap, caller: Caller, registry: Registry) -> dict[str, Any]:
    """Tell of a gap what the sender of the event may know."""
    sees_all = caller.role == "qa-reviewer"
    return {
        "gap_id": gap.gap_id,
        "rule": gap.rule,
        "lesson": gap.lesson,
        "kind": gap.kind,
        "observed": gap.observed,
        "agency": gap.agency,
        "referral_ref": gap.referral_ref,
        "opens_at": stamp(gap.opens_at),
        "closes_at": stamp(gap.closes_at) if gap.closes_at else None,
        "why": sentence(gap, caller.agency, sees_all, registry),
    }
