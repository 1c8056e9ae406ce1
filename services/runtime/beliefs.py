"""How does a gap stand in a row of the ledger, and how is it read back?"""

from typing import Final
from uuid import UUID

import msgspec
from asyncpg import Record

from services.domain.gaps import Gap, Why

COLUMNS: Final = (
    "child_ref",
    "gap_id",
    "judge",
    "rule",
    "rule_version",
    "policy_version",
    "lesson",
    "kind",
    "observed",
    "agency",
    "visible_to",
    "unit",
    "referral_ref",
    "anchor_source",
    "anchor_id",
    "opens_at",
    "closes_at",
    "why",
    "evidence",
    "event_keys",
)


def event_key(source: str, event_id: str) -> str:
    """Name an event in one word: `<source>|<id>`, as the filter `event` does."""
    return f"{source}|{event_id}"


def to_row(judge: str, gap: Gap) -> tuple[object, ...]:
    """Lay a gap out in the order of COLUMNS."""
    return (
        gap.child_ref,
        UUID(gap.gap_id),
        judge,
        gap.rule,
        gap.rule_version,
        gap.policy_version,
        gap.lesson,
        gap.kind,
        gap.observed,
        gap.agency,
        list(gap.visible_to),
        gap.unit,
        gap.referral_ref,
        *gap.anchor,
        gap.opens_at,
        gap.closes_at,
        _json({"code": gap.why.code, "params": dict(gap.why.params)}),
        _json([{"source": source, "id": event_id} for source, event_id in gap.evidence]),
        sorted({event_key(*key) for key in (gap.anchor, *gap.evidence)}),
    )


def from_row(row: Record) -> Gap:
    """Read a gap back; `to_row` of it is the same row again."""
    why = msgspec.json.decode(row["why"])
    return Gap(
        gap_id=str(row["gap_id"]),
        rule=row["rule"],
        rule_version=row["rule_version"],
        policy_version=row["policy_version"],
        lesson=row["lesson"],
        kind=row["kind"],
        observed=row["observed"],
        child_ref=row["child_ref"],
        referral_ref=row["referral_ref"],
        anchor=(row["anchor_source"], row["anchor_id"]),
        agency=row["agency"],
        visible_to=tuple(row["visible_to"]),
        unit=row["unit"],
        opens_at=row["opens_at"],
        closes_at=row["closes_at"],
        why=Why(why["code"], why["params"]),
        evidence=tuple((one["source"], one["id"]) for one in msgspec.json.decode(row["evidence"])),
    )


def _json(content: object) -> str:
    return msgspec.json.encode(content).decode()
