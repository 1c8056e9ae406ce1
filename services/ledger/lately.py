"""How was practice in the last weeks: how long did it take, what share was as it should be?

Worked out anew each minute from what is recorded and believed, like the gauges of `practice`. A
share is shown only of more than the small number, a count of 1 to 5 as 5.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from asyncpg import Pool, Record

from services.domain.policy import Policy
from services.domain.suppression import SMALL
from services.runtime import clock, metrics

EVERY_SECONDS: Final = 60.0
WINDOW: Final = timedelta(days=28)
OPENED_WITHIN: Final = timedelta(days=1)
_TIMES: Final = "SELECT step, agency, bucket, n FROM chronology.practice_times($1, $2)"
_COUNTS: Final = "SELECT what, agency, n FROM chronology.practice_counts($1, $2)"
_FOUND: Final = """
SELECT rule, agency, count(*) AS n FROM gap
WHERE known_to IS NULL AND observed AND opens_at >= $1 AND opens_at <= $2
  AND rule IN ('completeness.information_missing', 'training.not_in_date')
GROUP BY 1, 2
"""
_OPENED: Final = """
SELECT rule, kind, anchor_source, anchor_id FROM gap
WHERE known_to IS NULL AND observed AND opens_at > $1 AND opens_at <= $2 AND erased_at IS NULL
"""
_AGES: Final = "SELECT source, id, age FROM chronology.ages_at($1, $2)"
_BANDS: Final = ((10, "under-10"), (14, "10-to-13"), (16, "14-to-15"), (18, "16-to-17"))

Shares = Mapping[str, float]


async def run(pool: "Pool[Record]", policy: Policy) -> None:
    """Count for ever, each minute."""
    while True:
        await count(pool, policy, clock.now())
        await asyncio.sleep(EVERY_SECONDS)


async def count(pool: "Pool[Record]", policy: Policy, now: datetime) -> None:
    """Set everything as of now."""
    since = now - WINDOW
    metrics.PRACTICE_SECONDS.show(
        _buckets(await pool.fetch(_TIMES, since, list(metrics.PRACTICE_SECONDS.bounds)))
    )
    units = policy.words("training.not_in_date.units", now)
    counted = _by(await pool.fetch(_COUNTS, since, list(units)), "what")
    found = _by(await pool.fetch(_FOUND, since, now), "rule")
    metrics.UNREFERRED.clear()
    for agency, number in counted["unreferred"].items():
        metrics.UNREFERRED.labels(agency).set(max(number, SMALL[-1]))
    complete = shares(counted["referrals"], found["completeness.information_missing"])
    trained = shares(counted["handled"], found["training.not_in_date"])
    for gauge, by_agency in ((metrics.COMPLETE_SHARE, complete), (metrics.TRAINED_SHARE, trained)):
        gauge.clear()
        for agency, share in by_agency.items():
            gauge.labels(agency).set(share)
    await _show_ages(pool, now)


def shares(of: Mapping[str, int], wanting: Mapping[str, int]) -> Shares:
    """Return by agency the share of which nothing is wanting, where there are enough to say."""
    return {
        agency: round(1 - min(wanting.get(agency, 0), total) / total, 2)
        for agency, total in of.items()
        if total > SMALL[-1]
    }


def band(age: int | None) -> str:
    """Return the band of an age in years."""
    if age is None:
        return "unknown"
    return next((name for below, name in _BANDS if age < below), "unknown")


async def _show_ages(pool: "Pool[Record]", now: datetime) -> None:
    """Show what opened within a day by the age that the child had."""
    opened = await pool.fetch(_OPENED, now - OPENED_WITHIN, now)
    keys = {(row["anchor_source"], row["anchor_id"]) for row in opened}
    rows = await pool.fetch(_AGES, [source for source, _ in keys], [id_ for _, id_ in keys])
    ages = {(row["source"], row["id"]): row["age"] for row in rows}
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in opened:
        age = ages.get((row["anchor_source"], row["anchor_id"]))
        sums[row["rule"], row["kind"], band(age)] += 1
    metrics.GAPS_OPENED_BY_AGE.clear()
    for place, number in sums.items():
        metrics.GAPS_OPENED_BY_AGE.labels(*place).set(max(number, SMALL[-1]))


def _buckets(rows: Iterable[Record]) -> dict[tuple[str, ...], dict[int, int]]:
    found: defaultdict[tuple[str, ...], dict[int, int]] = defaultdict(dict)
    for row in rows:
        found[row["step"], row["agency"]][row["bucket"]] = row["n"]
    return dict(found)


def _by(rows: Iterable[Record], name: str) -> defaultdict[str, dict[str, int]]:
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        found[row[name]][row["agency"]] = row["n"]
    return found
