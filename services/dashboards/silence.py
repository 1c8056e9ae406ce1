"""Who has gone quiet? Counts by agency and unit, for who may know; no child is in them."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from asyncpg import Record

from services.dashboards.desk import Desk
from services.dashboards.handlers import Forbidden
from services.dashboards.sight import near
from services.domain.moments import stamp
from services.domain.registry import Registry
from services.domain.silence import Feed, Finding, feeds, look
from services.runtime import clock, metrics
from services.runtime.asking import asking
from services.runtime.auth import Caller

REFRESH_SECONDS: Final = 300.0
_COUNTS: Final = "SELECT agency, unit, hour, events FROM chronology.feed_counts($1)"
_SEEN: Final = "SELECT agency, unit, hour, events FROM chronology.seen_feed_counts($1)"


async def answer(desk: Desk, caller: Caller, now: datetime) -> dict[str, Any]:
    """Return how every feed stands that the caller may know of. Raises Forbidden."""
    agencies = seen_by(caller, desk.registry)
    async with asking(desk.readers, caller) as connection:
        rows = await connection.fetch(_SEEN, _since(desk, now))
    found = _findings(desk, rows, now)
    shown = [item(each) for each in found if each.feed.agency in agencies]
    return {"as_of": stamp(now), "feeds": shown}


def seen_by(caller: Caller, registry: Registry) -> frozenset[str]:
    """Return the agencies whose feeds a caller may know of. Raises Forbidden."""
    own = registry.agencies.get(caller.agency)
    kind = None if own is None else own.kind
    match caller.role, kind:
        case "administrator", "service":
            return frozenset(registry.agencies)
        case "qa-reviewer", "reviewer":
            return near(caller, registry)
        case "police-supervisor", "police":
            return frozenset({caller.agency})
        case _:
            raise Forbidden


async def findings(desk: Desk, now: datetime) -> list[Finding]:
    """Look at every feed."""
    return _findings(desk, await desk.pool.fetch(_COUNTS, _since(desk, now)), now)


def _since(desk: Desk, now: datetime) -> datetime:
    return now - timedelta(weeks=desk.silence.history_weeks)


def _findings(desk: Desk, rows: Iterable[Record], now: datetime) -> list[Finding]:
    """Look at what was counted; an agency that the registry does not know is passed over."""
    known = [tuple(row) for row in rows if row["agency"] in desk.registry.agencies]
    return look(feeds(known), now, desk.silence, desk.policy.calendar)


async def watch(desk: Desk) -> None:
    """Keep the gauges fresh, for ever."""
    while True:
        show(await findings(desk, clock.now()))
        await asyncio.sleep(REFRESH_SECONDS)


def show(found: list[Finding]) -> None:
    """Set the gauges of every agency as a whole."""
    for each in found:
        if each.feed == Feed(each.feed.agency, None):
            metrics.FEED_SILENT.labels(each.feed.agency).set(each.state == "silent")
            metrics.FEED_JUMP.labels(each.feed.agency).set(each.state == "jump")


def item(found: Finding) -> dict[str, Any]:
    """Show one feed."""
    return {
        "agency": found.feed.agency,
        "unit": found.feed.unit,
        "state": found.state,
        "last_hour": None if found.last_hour is None else stamp(found.last_hour),
        "usual_per_week": round(found.per_week, 1),
        "expected_since": round(found.expected, 1),
        "probability": round(found.probability, 6),
        "last_24_hours": found.last_day,
        "usual_24_hours": round(found.usual_day, 1),
    }
