"""What is owed now and not done, as the constabulary's monitoring sees it?

Gauges over what is believed now, worked out anew each time, so that a late event, a rebuild or a
restart leaves nothing wrong behind; of an erased child nothing is owed any more. A count of 1 to 5
is shown as 5: a series of such a count by agency, unit and rule would point at a child; that
something is owed is seen all the same.
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

# How long each open gap has been open, in the bands that metrics.OPEN_FOR documents. How many are
# owed is in the tally; those of the last 28 days, and what ended lately, are counted by their rows.
_NOW: Final = """
WITH young AS (
    SELECT rule, agency, coalesce(unit, '') AS unit, kind,
           CASE WHEN opens_at > $1::timestamptz - interval '1 day' THEN 'under-1-day'
                WHEN opens_at > $1::timestamptz - interval '7 days' THEN 'under-7-days'
                ELSE 'under-28-days' END AS open_for,
           opens_at
    FROM gap WHERE known_to IS NULL AND erased_at IS NULL AND closes_at IS NULL AND observed
               AND opens_at > $1::timestamptz - interval '28 days'),
counted AS (
    SELECT rule, agency, unit, kind, 'longer' AS open_for, believed - ended AS open, 0 AS lately,
           0 AS upcoming
    FROM gap_tally WHERE observed
    UNION ALL
    SELECT rule, agency, unit, kind, 'longer', -count(*), 0, 0 FROM young GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT rule, agency, unit, kind, open_for, count(*) FILTER (WHERE opens_at <= $1),
           count(*) FILTER (
               WHERE opens_at <= $1 AND opens_at > $1::timestamptz - $2::interval),
           count(*) FILTER (WHERE opens_at > $1)
    FROM young GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT rule, agency, coalesce(unit, ''), kind,
           CASE WHEN opens_at > $1::timestamptz - interval '1 day' THEN 'under-1-day'
                WHEN opens_at > $1::timestamptz - interval '7 days' THEN 'under-7-days'
                WHEN opens_at > $1::timestamptz - interval '28 days' THEN 'under-28-days'
                ELSE 'longer' END,
           count(*) FILTER (WHERE opens_at <= $1 AND closes_at > $1),
           count(*) FILTER (
               WHERE opens_at <= $1 AND opens_at > $1::timestamptz - $2::interval),
           count(*) FILTER (WHERE opens_at > $1)
    FROM gap WHERE known_to IS NULL AND erased_at IS NULL AND observed AND closes_at IS NOT NULL
               AND closes_at > $1::timestamptz - $2::interval
    GROUP BY 1, 2, 3, 4, 5)
SELECT rule, agency, coalesce(nullif(unit, ''), 'none') AS unit, kind, open_for,
       sum(open)::bigint AS open, sum(lately)::bigint AS lately, sum(upcoming)::bigint AS upcoming
FROM counted GROUP BY 1, 2, 3, 4, 5
"""
_UNOBSERVED: Final = """
SELECT rule, agency, sum(open)::bigint AS open
FROM (SELECT rule, agency, believed - ended AS open FROM gap_tally WHERE NOT observed
      UNION ALL
      SELECT rule, agency, -count(*) FROM gap
      WHERE opens_at > $1 AND known_to IS NULL AND erased_at IS NULL AND closes_at IS NULL
        AND NOT observed GROUP BY 1, 2
      UNION ALL
      SELECT rule, agency, count(*) FROM gap
      WHERE closes_at > $1 AND opens_at <= $1 AND known_to IS NULL AND erased_at IS NULL
        AND closes_at IS NOT NULL AND NOT observed GROUP BY 1, 2) AS counted
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
