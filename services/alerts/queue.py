"""What is answered to who asks for alerts? The queue, and one alert with its whole history."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from asyncpg import Record

from services.alerts.desk import Desk
from services.alerts.question import CHOICES, Cursor, Question
from services.alerts.sight import Sight, sight_of
from services.domain.alert_words import STATES
from services.domain.moments import stamp
from services.domain.rules.described import RULES
from services.runtime import audit
from services.runtime.asking import Arguments, Connection, asking
from services.runtime.audit import Act
from services.runtime.auth import Caller, Forbidden

PURPOSE: Final = "oversight"
_ORDER: Final = "rank, place, alert_id"
_SHOWN: Final = (
    "alert_id, child_ref, rule, lesson, kind, agency, unit, urgency, state, reason, by_agency, "
    "by_unit, since, round_at, step, climbs_at, due_at, gap_ids, rank, place"
)
_TALLIED: Final = frozenset({"state", "rule", "kind", "urgency", "agency", "unit", "mine"})
_PLAIN: Final = ("rule", "kind", "urgency", "agency", "unit", "child_ref")
_TOLD: Final = """
SELECT round_at, step, fell, made_at, release_at, settled_at, outcome
FROM notice WHERE alert_id = $1 ORDER BY made_at, step, notice_id
"""


async def page(desk: Desk, caller: Caller, asked: Question, now: datetime) -> dict[str, Any]:
    """Answer one page, and write who read it, in one transaction.

    Raises Forbidden, and BadCursor for a cursor that is not of this question.
    """
    sight = sight_of(caller, desk.registry)
    if sight is None:
        raise Forbidden
    digest = asked.digest(caller.subject, caller.agency, caller.role)
    after = Cursor.of(asked.cursor, digest) if asked.cursor is not None else None
    arguments = Arguments()
    where = " AND ".join(f"({one})" for one in _where(asked, sight, arguments.place))
    async with asking(desk.readers, caller) as connection:
        counted = await _counted(connection, asked, sight)
        if after is not None:
            last = (after.rank, after.place, after.alert_id)
            where += f" AND ({_ORDER}) > ({', '.join(map(arguments.place, last))})"
        rows = await connection.fetch(
            f"SELECT {_SHOWN} FROM alert WHERE {where} ORDER BY {_ORDER} "  # noqa: S608 - our own words
            f"LIMIT {arguments.place(asked.rows + 1)}",
            *arguments,
        )
        shown = rows[: asked.rows]
        await audit.write(connection, caller, _act(desk, asked, shown))
    totals = dict.fromkeys(STATES, 0) | {row["state"]: row["count"] for row in counted}
    more = len(rows) > len(shown)
    return {
        "items": [item(row, desk, now) for row in shown],
        "total": sum(totals.values()),
        "totals": totals,
        "next": _cursor(digest, shown[-1]).encode() if more else None,
        "as_of": stamp(now),
    }


async def one(desk: Desk, caller: Caller, alert_id: UUID, now: datetime) -> dict[str, Any] | None:
    """Return one alert with its history; None for what the caller may not see. Raises Forbidden."""
    sight = sight_of(caller, desk.registry)
    if sight is None:
        raise Forbidden
    arguments = Arguments([alert_id])
    where = " AND ".join(f"({each})" for each in _seen(sight, arguments.place))
    async with asking(desk.readers, caller) as connection:
        row = await connection.fetchrow(
            f"SELECT {_SHOWN}, history FROM alert WHERE alert_id = $1 AND {where}",  # noqa: S608 - our own words
            *arguments,
        )
        told = await connection.fetch(_TOLD, alert_id) if row else []
        refs = {row["child_ref"]} - {None} if row else set()
        act = Act("consultation", "alert-read", PURPOSE, int(row is not None), children=refs)
        await audit.write(connection, caller, act)
    if row is None:
        return None
    return {
        "alert": item(row, desk, now),
        "history": msgspec.json.decode(row["history"]),
        "told": [_notice(each) for each in told],
    }


async def _counted(connection: Connection, asked: Question, sight: Sight) -> list[Record]:
    """Count by state what answers a question, by the tally where it can tell."""
    arguments = Arguments()
    if set(asked.stated()) <= _TALLIED:
        where = " AND ".join(_asked(asked, sight, arguments.place))
        counting = f"sum(alerts)::bigint AS count FROM seen_tally() WHERE {where}"
        having = " HAVING sum(alerts) <> 0"
    else:
        where = " AND ".join(f"({one})" for one in _where(asked, sight, arguments.place))
        counting, having = f"count(*) FROM alert WHERE {where}", ""
    return await connection.fetch(f"SELECT state, {counting} GROUP BY state{having}", *arguments)


def _act(desk: Desk, asked: Question, shown: list[Record]) -> Act:
    """Put on record by what was asked, and of which children rows were shown."""
    refs = [asked.child_ref, *(row["child_ref"] for row in shown)]
    known = {"rule": RULES, "agency": desk.registry.agencies, **CHOICES}
    return Act(
        "consultation",
        "alerts-read",
        PURPOSE,
        len(shown),
        children={ref for ref in refs if ref is not None},
        asked=audit.coded(asked.stated(), known),
    )


def _where(asked: Question, sight: Sight, place: Callable[[object], str]) -> Iterator[str]:
    """Say which rows answer a question; the values go to `place`. Sight is always the first."""
    yield from _seen(sight, place)
    yield from _asked(asked, sight, place)


def _asked(asked: Question, sight: Sight, place: Callable[[object], str]) -> Iterator[str]:
    yield "true"
    if asked.state is None:
        yield "state <> 'resolved'"
    elif asked.state != "any":
        yield f"state = {place(asked.state)}"
    stated: Mapping[str, object] = asked.stated()
    yield from (f"{name} = {place(stated[name])}" for name in _PLAIN if name in stated)
    if asked.mine == "true":
        yield f"agency = {place(sight.own)}"
    if asked.due_before is not None:
        yield f"due_at < {place(asked.due_before)}"


def _seen(sight: Sight, place: Callable[[object], str]) -> Iterator[str]:
    owing = f"agency = ANY({place(sorted(sight.owing))}::text[])"
    if sight.told:
        yield f"{owing} OR visible_to && {place(sorted(sight.told))}::text[]"
    else:
        yield owing


def _cursor(digest: str, last: Record) -> Cursor:
    return Cursor(digest, last["rank"], last["place"], last["alert_id"])


def item(row: Record, desk: Desk, now: datetime) -> dict[str, Any]:
    """Show one alert."""
    due_at: datetime = row["due_at"]
    climbs_at: datetime | None = row["climbs_at"]
    plain = (
        "child_ref", "rule", "lesson", "kind", "agency", "unit", "urgency", "state", "reason",
        "by_agency", "by_unit", "step",
    )  # fmt: skip
    return {name: row[name] for name in plain} | {
        "alert_id": str(row["alert_id"]),
        "since": stamp(row["since"]),
        "due_at": stamp(due_at),
        "breached": due_at <= now,
        "steps": len(desk.policy.ladder(row["kind"], row["round_at"])),
        "climbs_at": None if climbs_at is None else stamp(climbs_at),
        "gap_ids": [str(gap_id) for gap_id in row["gap_ids"]],
    }


def _notice(row: Record) -> dict[str, Any]:
    moments = ("round_at", "made_at", "release_at", "settled_at")
    return {
        "step": row["step"],
        "fell": row["fell"],
        "outcome": row["outcome"],
        **{name: None if row[name] is None else stamp(row[name]) for name in moments},
    }
