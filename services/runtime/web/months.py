"""Which months can be asked for on a page? They are chosen by name, and stand in the address."""

from datetime import datetime
from typing import Any, Final

from services.domain.measures.months import Month
from services.domain.moments import london_day
from services.runtime.web import words

MOST: Final = 60
"""Months that are offered: five years, which is the longest that a measure is asked for."""


def choices(now: datetime, *asked: str | None, most: int = MOST) -> list[tuple[str, str]]:
    """Return complete months of London, the last first, as YYYY-MM and in words.

    A month that stands in the address already is among them, however long ago it was.
    """
    last = Month.of(london_day(now)).after(-1)
    offered = {str(last.after(-back)) for back in range(most)} | {one for one in asked if one}
    return [(month, words.month(month)) for month in sorted(offered, reverse=True)]


def fields(first: str | None, last: str | None, now: datetime) -> list[dict[str, Any]]:
    """Return the fields of a form that asks from which month to which."""
    offered = choices(now, first, last)
    return [
        {"name": "from", "label": "From month", "value": first, "choices": offered,
         "any": "24 months up to the last"},
        {"name": "to", "label": "To month", "value": last, "choices": offered,
         "any": "The last complete month"},
    ]  # fmt: skip
