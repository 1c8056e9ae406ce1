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
from services.intake.entitlement import sees
from services.runtime import beliefs
from services.runtime.auth import Caller

MOST: Final = 500
STAGES: Final = ("accepted", "published", "in_chronology", "judged")

_POSITIONS: Final = """
WITH asked AS MATERIALIZED (
    SELECT e.receipt, e.source, e.id, e.received_at, e.published_at, e.matched_at, e.record_ref,
           p.child_ref, p.child_version, p.stored_at,
           coalesce((p.feature_version, p.revision) >= (e.feature_version, e.revision), false)
               AS in_chronology
    FROM event e LEFT JOIN chronology.event_position p ON p.source = e.source AND p.id = e.id
    WHERE e.receipt = ANY($1) AND e.agency = $2),
caused AS MATERIALIZED (
    SELECT f.receipt, f.record_ref, f.link_version, f.source, f.id, f.revision
    FROM asked JOIN effect f USING (receipt)),
pending AS (
    SELECT f.receipt FROM caused f
    LEFT JOIN chronology.record_position r ON r.record_ref = f.record_ref
    WHERE f.record_ref IS NOT NULL AND coalesce(r.link_version, -1) < f.link_version
    UNION ALL
    SELECT f.receipt FROM caused f
    LEFT JOIN chronology.event_position p ON p.source = f.source AND p.id = f.id
    WHERE f.source IS NOT NULL AND coalesce(p.revision, -1) < f.revision),
wanted AS MATERIALIZED (
    SELECT receipt, child_ref, child_version AS version FROM asked WHERE child_ref IS NOT NULL
    UNION ALL
    SELECT f.receipt, c.child_ref, c.version FROM caused f
    JOIN chronology.move_position m USING (record_ref, link_version)
    CROSS JOIN LATERAL
        (VALUES (m.from_child, m.from_version), (m.to_child, m.to_version)) c(child_ref, version)
    UNION ALL
    SELECT f.receipt, p.child_ref, p.child_version FROM caused f
    JOIN chronology.event_position p ON p.source = f.source AND p.id = f.id
    WHERE p.child_ref IS NOT NULL
    UNION ALL
    SELECT a.receipt, t.child_ref, t.child_version FROM asked a
    JOIN chronology.touch_position t ON t.source = a.source AND t.id = a.id),
answers AS (
    SELECT w.receipt, bool_and(coalesce(v.version >= w.version, false)) AS given,
           max(v.answered_at) AS answered_at
    FROM wanted w CROSS JOIN ledger.deployed_judge j
    LEFT JOIN ledger.verdict_position v ON v.child_ref = w.child_ref AND v.judge = j.name
    GROUP BY w.receipt)
SELECT a.receipt, a.received_at, a.published_at, a.child_ref, a.in_chronology, a.stored_at,
       a.in_chronology AND a.matched_at IS NOT NULL AND coalesce(
               n.given, NOT EXISTS (SELECT FROM wanted w WHERE w.receipt = a.receipt))
           AND NOT EXISTS (SELECT FROM pending p WHERE p.receipt = a.receipt) AS judged,
       greatest(n.answered_at, a.stored_at, a.matched_at) AS judged_at
FROM asked a LEFT JOIN answers n USING (receipt)
"""
_OPEN: Final = """
SELECT * FROM ledger.belief
WHERE child_ref = ANY($1) AND known_to IS NULL AND opens_at <= $2
  AND (closes_at IS NULL OR closes_at > $2)
ORDER BY opens_at, rule, gap_id
"""


async def positions(
    pool: "asyncpg.Pool[asyncpg.Record]",
    registry: Registry,
    caller: Caller,
    receipts: Sequence[str],
    now: datetime,
) -> dict[str, dict[str, Any]]:
    """Return, by receipt, stage, times and open gaps; receipts of other agencies are absent."""
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        rows = await connection.fetch(_POSITIONS, list(receipts), caller.agency)
        children = sorted({row["child_ref"] for row in rows if row["child_ref"]})
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
