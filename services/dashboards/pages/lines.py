"""How are a measure's figures laid out in the rows of a table, each number leading to its list?"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from services.dashboards.measure_limits import why
from services.dashboards.pages.figures import HIDDEN, Figure, asked_of, called, count, shown
from services.runtime.web import asking, words

SEES_CASES: Final = frozenset({"agency", "police-supervisor", "qa-reviewer"})


def limit_rows(found: Mapping[str, Any]) -> Iterator[list[object]]:
    """Yield a row for the months of each stretch of limits, if a step parts them."""
    stretches = found["spc"]["stretches"]
    if not any(each["rebased"] for each in stretches):
        return
    for each in stretches:
        step = each["rebased"]
        yield [
            f"{words.month(each['from'])} to {words.month(each['to'])}",
            each["months"],
            *(words.percent(each[name]) for name in ("mean", "low", "high")),
            "" if step is None else why(step),
        ]


def month_rows(found: Mapping[str, Any], role: str) -> Iterator[list[object]]:
    """Yield a row a month, newest first; numbers lead to their lists for who may see them."""
    for month in reversed(found["months"]):
        at = {"from": month["month"], "to": month["month"]}
        named = {"text": words.month(month["month"]), "nowrap": True}
        yield [named, *_told(month, found, role, at)]


def year_rows(found: Mapping[str, Any], role: str) -> Iterator[list[object]]:
    """Yield a row for each complete year, newest first."""
    for year in reversed(found["years"]):
        at = {"from": year["from"], "to": year["to"]}
        named = f"{words.month(year['from'])} to {words.month(year['to'])}"
        yield [named, *_told(year, found, role, at), (year["change"] or {}).get("sentence", "")]


def group_rows(found: Mapping[str, Any], role: str) -> Iterator[list[object]]:
    """Yield a row for each group."""
    for row in found["rows"]:
        yield [called(row, found), *counted(row, found, role, row["group"])]


def counted(
    figure: Figure, found: Mapping[str, Any], role: str, place: Mapping[str, object]
) -> list[object]:
    """Lay a figure out: its share, how many of how many, its interval, and what is beside it."""
    return [
        shown(figure),
        linked(figure["numerator"], found, role, "met", place),
        linked(figure["denominator"], found, role, "counted", place),
        _bound(figure["low"]),
        _bound(figure["high"]),
        *beside(figure, found, role, place),
    ]


def _told(
    figure: Figure, found: Mapping[str, Any], role: str, place: Mapping[str, object]
) -> list[object]:
    """Lay out a figure of months: its share, and every count of it."""
    return [
        shown(figure),
        linked(figure["numerator"], found, role, "met", place),
        linked(missed(figure), found, role, "missed", place),
        linked(figure["denominator"], found, role, "counted", place),
        *beside(figure, found, role, place),
    ]


def beside(
    figure: Figure, found: Mapping[str, Any], role: str, place: Mapping[str, object]
) -> list[object]:
    """Write what is in neither count: missing data, and what was not judged."""
    return [
        linked(figure["missing"], found, role, "missing", place),
        linked(figure["not_judged"], found, role, "not-judged", place),
    ]


def missed(figure: Figure) -> object:
    """Return how many did not meet it."""
    met, units = figure["numerator"], figure["denominator"]
    if HIDDEN in {met, units}:
        return HIDDEN
    return None if met is None or units is None else units - met


def linked(
    number: object,
    found: Mapping[str, Any],
    role: str,
    state: str,
    place: Mapping[str, object],
) -> object:
    """Write a count; for who may see the cases with the way to their list, which is as long.

    `place`: which months or groups of the answer it is of.
    """
    if role not in SEES_CASES or not isinstance(number, int) or number == 0:
        return count(number)
    asked = {**asked_of(found), "state": state, **place}
    address = f"/measures/{found['measure']['id']}/cases"
    return {"text": count(number), "href": asking(address, asked)}


def _bound(bound: object) -> str:
    if bound == HIDDEN:
        return HIDDEN
    return words.percent(float(bound) if isinstance(bound, int | float) else None)
