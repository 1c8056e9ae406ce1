"""What is published nationally that the timeliness of a county is read beside?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from services.dashboards import context
from services.dashboards.desk import Desk
from services.runtime.web import words

YEARS: Final = 3
"""So many years are shown, the last first."""
_IN_TIME: Final = ("Same_day", "1-10_days", "11-20_days", "21-30_days", "31-40_days", "41-45_days")
LINES: Final = (
    ("referrals-by-source", "Referrals made by the police", ("Police",), "Referrals"),
    ("assessments-by-duration", "Assessments completed within 45 working days", _IN_TIME,
     "Assessments_completed"),
)  # fmt: skip
Line = Mapping[str, Any]


async def beside(desk: Desk) -> dict[str, Any]:
    """Return the rows of the table, what its columns are called, and whose figures these are."""
    told = {table: await context.told(desk, table) for table, *_ in LINES}
    named = next((one for one in told.values() if one["county"]), None)
    rows = [
        row
        for table, title, parts, whole in LINES
        for row in _rows(told[table]["lines"], title, parts, whole)
    ]
    places = ("County", "Region") if named is None else (named["county"], named["region"])
    return {"rows": rows, "heads": (*places, "England"), "source": context.SOURCE}


def _rows(
    lines: Sequence[Line], title: str, parts: Sequence[str], whole: str
) -> Iterator[list[object]]:
    """Yield a row a year, the last first."""
    by_year: dict[int, dict[str, Line]] = {}
    for line in lines:
        by_year.setdefault(line["year"], {})[line["column"]] = line
    for year in sorted(by_year, reverse=True)[:YEARS]:
        found = by_year[year]
        shares = [_share(found, place, parts, whole) for place in context.PLACES.values()]
        yield [title, f"April {year - 1} to March {year}", *shares]


def _share(found: Mapping[str, Line], place: str, parts: Sequence[str], whole: str) -> str:
    """Write a share of published numbers; a letter in place of one of them stays that letter."""
    stated = [(found.get(name) or {}).get(place) for name in (*parts, whole)]
    if None in stated:
        return "not published"
    numbers = [each["number"] for each in stated if each]
    letters = [each["shorthand"] for each in stated if each and each["number"] is None]
    if letters:
        return str(letters[0])
    *some, all_of = numbers
    if not all_of:
        return ":"
    return f"{words.percent(sum(some) / all_of)} ({sum(some):,.0f} of {all_of:,.0f})"
