"""What did a measure come to in each complete year? Beside the months that it is made of.

Financial years, April to March: as the Department for Education counts children in need.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from services.dashboards import measure_reading as read
from services.dashboards.measure_counts import Shown
from services.domain.measures.definition import Measure
from services.domain.measures.months import YEAR, Month, Period
from services.domain.measures.reading import Reading
from services.domain.moments import london_day

BEGINS: Final = 4
"""The month in which a year begins."""


def complete(shown: Shown, within: Period) -> list[Period]:
    """Return the years of which every month is over, and was counted or published.

    A year in which counting began is none of them: it would look like less than it was.
    """
    if not shown.months:
        return []
    begun = max(min(shown.months), within.first)
    over = min(within.last, _over(shown.as_of))
    return [year for year in _years(begun) if year.last <= over]


def _over(as_of: datetime) -> Month:
    return Month.of(london_day(as_of)).after(-1)


def _years(begun: Month) -> Iterator[Period]:
    """Yield every year that begins in a month or after it, for as long as is asked."""
    first = Month(begun.year + (begun.number > BEGINS), BEGINS)
    for _ in range(MOST):
        yield Period(first, first.after(YEAR - 1))
        first = first.after(YEAR)


MOST: Final = 20
"""No question reaches over more years."""


def answered(
    years: Sequence[Period], shown: Shown, measure: Measure, reading: Reading
) -> list[dict[str, Any]]:
    """Lay years out, each with what has clearly changed since the one before."""
    found = read.figures([shown.year(year) for year in years], reading)
    changes = [None, *(_since(*pair, measure, reading) for pair in pairwise(found))]
    return [
        {**_named(year), **figure, "change": change}
        for year, figure, change in zip(years, found, changes, strict=False)
    ]


def _since(
    before: Mapping[str, Any], now: Mapping[str, Any], measure: Measure, reading: Reading
) -> dict[str, Any]:
    return read.changed(dict(now), dict(before), measure, reading, "the year before")


def _named(year: Period) -> dict[str, str]:
    last = str(year.last.year)[-2:]
    return {"year": f"{year.first.year}-{last}", "from": str(year.first), "to": str(year.last)}
