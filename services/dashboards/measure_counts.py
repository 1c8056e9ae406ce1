"""What is counted of a measure, wherever it comes from: live, or of a release?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from services.domain.measures.months import Month, Period
from services.domain.measures.tally import Tally
from services.domain.suppression import HIDDEN

Number = int | str | None
"""A count; "c" where it is hidden, None where it is not published."""

Count = Mapping[str, Number]
"""`units`, `met`, `missing` and `not_judged`."""

NAMES: Final = Tally._fields
NOTHING: Final[Count] = dict.fromkeys(NAMES, 0)
UNPUBLISHED: Final[Count] = dict.fromkeys(NAMES)


@dataclass(frozen=True, slots=True)
class Shown:
    """Counts by month and by group, and what they rest on."""

    basis: Literal["live", "release"]
    period: Period
    as_of: datetime
    known_at: datetime
    beyond: bool
    why: str
    release: Mapping[str, Any] | None = None
    months: Mapping[Month, Count] = field(default_factory=dict)
    blocks: Mapping[Period, Count] = field(default_factory=dict)
    """Of a release: totals of whole blocks of months, which may be shown where a month is not."""
    rows: Mapping[tuple[str, ...], Count] = field(default_factory=dict)
    rows_period: Period | None = None
    rows_total: Count | None = None
    """All rows together, where that was published by itself; else the months of their period."""

    def month(self, month: Month) -> Count:
        """Return the count of a month; of a live one there is always one."""
        return self.months.get(month, NOTHING if self.basis == "live" else UNPUBLISHED)

    def total(self, period: Period) -> Count:
        """Add months up."""
        return total(self.month(month) for month in period)

    def year(self, year: Period) -> Count:
        """Add a year up, of nothing but what is shown by itself: its blocks, else its months."""
        blocks = [each for each in self.blocks if each.first in year and each.last in year]
        within = {month for each in blocks for month in each}
        return total(
            (
                *(_either(self.blocks[each], self.total(each)) for each in blocks),
                *(self.month(month) for month in year if month not in within),
            )
        )


def _either(one: Count, other: Count) -> Count:
    """Of two counts of the same, take each number from where it is shown."""
    return {name: one[name] if isinstance(one[name], int) else other[name] for name in NAMES}


def counted(tally: Tally) -> Count:
    """Return a count that hides nothing."""
    return tally._asdict()


def total(counts: Iterable[Count]) -> Count:
    """Add counts up: of what is hidden the sum is hidden, of what is not published not there."""
    found = NOTHING
    for count in counts:
        found = {name: _plus(found[name], count[name]) for name in NAMES}
    return found


def _plus(one: Number, other: Number) -> Number:
    if one is None or other is None:
        return None
    if isinstance(one, str) or isinstance(other, str):
        return HIDDEN
    return one + other
