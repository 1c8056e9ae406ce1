"""Which counts does the ledger hold for who asks? Rollups alone, but for parts of a month."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

from asyncpg import Record

from services.domain.measures.months import Month, Period
from services.domain.measures.tally import Tally
from services.domain.moments import london_day
from services.runtime.asking import Connection

# Months that are over, as believed by the end of a month of belief; then changes of belief within
# one, and days of a month that is not over. A part that is not asked for is empty.
_COUNTED: Final = """
SELECT {grouped}, sum(units)::bigint AS units, sum(met)::bigint AS met,
       sum(missing)::bigint AS missing, sum(not_judged)::bigint AS not_judged
FROM unnest($1::text[]) AS asked (measure) CROSS JOIN LATERAL (
    SELECT agency, month, one, two, units, met, missing, not_judged FROM ledger.seen_rollup
    WHERE measure = asked.measure AND by_one = $2 AND by_two = $3 AND month >= $4 AND month < $5
      AND believed < $6
    UNION ALL SELECT * FROM ledger.counted_changes(asked.measure, $4, $5, $7, $8, $2, $3)
    UNION ALL SELECT * FROM ledger.counted_days(asked.measure, $5, $9, $8, $2, $3)
) AS part
WHERE agency = coalesce($10, agency) AND one = coalesce($11, one) AND two = coalesce($12, two)
GROUP BY {grouped}
HAVING (sum(units), sum(met), sum(missing), sum(not_judged)) <> (0, 0, 0, 0) ORDER BY {grouped}
"""
_BY_MONTH: Final = _COUNTED.format(grouped="measure, month")
_BY_GROUP: Final = _COUNTED.format(grouped="agency, one, two")
_EVER: Final = date(9999, 1, 1)


class Asked(NamedTuple):
    """Which counts: of measures, by none, one or two dimensions, narrowed to groups of them."""

    measures: tuple[str, ...]
    places: tuple[str, str]
    agency: str | None
    groups: tuple[str | None, str | None]
    as_of: datetime
    known_at: datetime
    newest: bool
    """Whether all that is believed is asked for: then no month of belief is cut."""


async def by_month(
    connection: Connection, asked: Asked, period: Period
) -> dict[str, dict[Month, Tally]]:
    """Count, for each measure, each month of a period that has any."""
    found: dict[str, dict[Month, Tally]] = {measure: {} for measure in asked.measures}
    for row in await connection.fetch(_BY_MONTH, *_asked(asked, period)):
        found[row["measure"]][Month.of(row["month"])] = _tally(row)
    return found


async def by_group(
    connection: Connection, asked: Asked, period: Period
) -> dict[tuple[str, str, str], Tally]:
    """Count a period by (agency, first group, second group); only ever of one measure."""
    rows = await connection.fetch(_BY_GROUP, *_asked(asked, period))
    return {(row["agency"], row["one"], row["two"]): _tally(row) for row in rows}


def _asked(asked: Asked, period: Period) -> tuple[object, ...]:
    """Say which months are whole, which month of belief is cut, and which days are asked for."""
    today = london_day(asked.as_of)
    since, before = period.first.first, period.last.after(1).first
    whole = min(max(Month.of(today).first, since), before)
    partial = Month.of(today) in period
    begun = asked.known_at.astimezone(UTC).date().replace(day=1)
    belief = datetime.combine(begun, time(), UTC)
    return (
        list(asked.measures),
        *asked.places,
        since,
        whole,
        _EVER if asked.newest else begun,
        None if asked.newest else belief,
        asked.known_at,
        today + timedelta(days=1) if partial else whole,
        asked.agency,
        *asked.groups,
    )


def _tally(row: Record) -> Tally:
    return Tally(row["units"], row["met"], row["missing"], row["not_judged"])
