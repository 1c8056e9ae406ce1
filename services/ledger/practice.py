"""What is owed now and not done, as the constabulary's monitoring sees it?

Gauges over what is believed now, worked out anew each time, so that a late event, a rebuild or a
restart leaves nothing wrong behind. A count of 1 to 5 is shown as 5: a series of such a count by
agency, unit and rule would point at a child; that something is owed is seen all the same.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from asyncpg import Pool, Record
from prometheus_client import Gauge

from services.domain.suppression import SMALL
from services.runtime import clock, metrics

EVERY_SECONDS: Final = 15.0
LATELY: Final = timedelta(days=1)
LEAST_SHOWN: Final = SMALL[-1]
REVIEW: Final = "oversight.not_reviewed"

# How long each open gap has been open, in the bands that metrics.OPEN_FOR documents.
_NOW: Final = """
WITH believed AS (
    SELECT rule, agency, coalesce(unit, 'none') AS unit, kind, opens_at,
           coalesce(closes_at, 'infinity') AS closes_at
    FROM gap WHERE known_to IS NULL AND observed
)
SELECT rule, agency, unit, kind,
       CASE WHEN opens_at > $1::timestamptz - interval '1 day' THEN 'under-1-day'
            WHEN opens_at > $1::timestamptz - interval '7 days' THEN 'under-7-days'
            WHEN opens_at > $1::timestamptz - interval '28 days' THEN 'under-28-days'
            ELSE 'longer' END AS open_for,
       count(*) FILTER (WHERE opens_at <= $1 AND closes_at > $1) AS open,
       count(*) FILTER (
           WHERE opens_at <= $1 AND opens_at > $1::timestamptz - $2::interval) AS lately,
       count(*) FILTER (WHERE opens_at > $1 AND closes_at > $1) AS upcoming
FROM believed WHERE closes_at > $1::timestamptz - $2::interval
GROUP BY 1, 2, 3, 4, 5
"""
_UNOBSERVED: Final = """
SELECT rule, agency, count(*) AS open FROM gap
WHERE known_to IS NULL AND NOT observed AND opens_at <= $1
  AND (closes_at IS NULL OR closes_at > $1)
GROUP BY 1, 2
"""


async def run(pool: "Pool[Record]") -> None:
    """Count for ever, four times as often as the constabulary wants to know."""
    while True:
        await count(pool, clock.now())
        await asyncio.sleep(EVERY_SECONDS)


async def count(pool: "Pool[Record]", now: datetime) -> None:
    """Set the gauges as of now; what is owed no more loses its series."""
    rows = await pool.fetch(_NOW, now, LATELY)
    _show(metrics.GAPS_OPEN, ("rule", "agency", "unit", "kind", "open_for"), rows, "open")
    _show(metrics.GAPS_OPENED, ("rule", "agency", "kind"), rows, "lately")
    _show(metrics.GAPS_UPCOMING, ("rule", "agency", "kind"), rows, "upcoming")
    _show_reviews(rows)
    unobserved = await pool.fetch(_UNOBSERVED, now)
    _show(metrics.GAPS_UNOBSERVED, ("rule", "agency"), unobserved, "open")


def _show_reviews(rows: Iterable[Record]) -> None:
    """Show reviews of work by themselves: owed in time, and overdue."""
    owed = [row for row in rows if row["rule"] == REVIEW]
    sums: dict[tuple[str, str], int] = {}
    for row in owed:
        for state, value in (("overdue", "open"), ("in-time", "upcoming")):
            place = (row["agency"], state)
            sums[place] = sums.get(place, 0) + int(row[value])
    metrics.REVIEWS.clear()
    for place, found in sums.items():
        if found:
            metrics.REVIEWS.labels(*place).set(max(found, LEAST_SHOWN))


def _show(gauge: Gauge, labels: tuple[str, ...], rows: Iterable[Record], value: str) -> None:
    """Add rows up by some of their labels and show each sum; none is shown as no series."""
    sums: dict[tuple[str, ...], int] = {}
    for row in rows:
        place = tuple(str(row[label]) for label in labels)
        sums[place] = sums.get(place, 0) + int(row[value])
    gauge.clear()
    for place, found in sums.items():
        if found:
            gauge.labels(*place).set(max(found, LEAST_SHOWN))
