"""How is a measure shown to a person: its figures in words, as a picture, as a table?

Pages are made of the answer that machines get, so what is hidden there is hidden here.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from services.dashboards import measures, measures_released
from services.dashboards.desk import Desk
from services.dashboards.handlers import Forbidden
from services.dashboards.measures_question import MeasureQuestion
from services.domain import funnel
from services.domain.measures.catalogue import MEASURES
from services.runtime.auth import Caller
from services.runtime.web import Chart, words
from services.runtime.web.charts import Bar, Bound, Dot, Named, Point, bars, spc
from services.runtime.web.charts import funnel as funnel_plot

HIDDEN: Final = "c"
UNPUBLISHED: Final = "not published"
NOBODY: Final = ":"
SEES_CASES: Final = frozenset({"agency", "police-supervisor", "qa-reviewer"})
SIZES: Final = 24
"""At so many sizes the limits of a funnel are drawn."""
FUNNELLED: Final = ("agency", "area", "unit")
_RULES: Final = {
    "outside": "outside the limits",
    "trend": "part of a trend of seven",
    "two-in-three": "one of two in three near a limit",
    "one-side": "one of seven on one side of the mean",
}
_VARIATIONS: Final = {"improvement": "better", "concern": "worse", "high": "higher", "low": "lower"}
_PLACES: Final = {
    "above-95": "above the 95% limit",
    "below-95": "below the 95% limit",
    "above-99.8": "above the 99.8% limit",
    "below-99.8": "below the 99.8% limit",
}
Figure = Mapping[str, Any]


async def of(
    desk: Desk, caller: Caller, measure: str, asked: MeasureQuestion, now: datetime
) -> dict[str, Any] | None:
    """Return what is answered of a measure; None where this person is shown no figure of it."""
    defined = MEASURES[measure]
    showing = measures_released.released if measures_released.may(caller) else measures.live
    try:
        shown = await showing(desk, caller, defined, asked, now)
    except Forbidden:
        return None
    return measures.answer(defined, shown, asked, desk.reading)


def share(figure: Figure) -> str:
    """Write a figure: 84.0% (21 of 25); hidden, of nobody, or not published, as it is."""
    written = shown(figure)
    if written in {HIDDEN, NOBODY, UNPUBLISHED}:
        return "nobody to count" if written == NOBODY else written
    return f"{written} ({figure['numerator']:,} of {figure['denominator']:,})"


def value(figure: Figure) -> float | None:
    """Return the share as a number; None where there is none to be shown."""
    found = figure["value"]
    return float(found) if isinstance(found, int | float) else None


def shown(figure: Figure) -> str:
    """Write the share alone, as tables do."""
    if figure["value"] == HIDDEN:
        return HIDDEN
    if figure["denominator"] is None:
        return UNPUBLISHED
    return NOBODY if figure["value"] is None else words.percent(figure["value"])


def count(number: object) -> object:
    """Write a count: what is not published is said to be so."""
    return UNPUBLISHED if number is None else number


def last(found: Mapping[str, Any]) -> Figure | None:
    """Return the last month that has a share."""
    return next((month for month in reversed(found["months"]) if value(month) is not None), None)


def says(found: Mapping[str, Any]) -> str:
    """Say of the last month what it was, and whether that is more than chance."""
    month = last(found)
    if month is None:
        return "There is no month whose share can be shown."
    point = found["spc"]["points"][-1]
    clear = "No clear change: within what chance does."
    if point["rule"] is not None:
        clear = f"Clear change: {_mark(point)}."
    return f"{words.month(month['month'])}: {share(month)}. {clear}"


def drawn(found: Mapping[str, Any]) -> Chart:
    """Draw a measure by month, with the mean and the limits of chance."""
    measure, control = found["measure"], found["spc"]
    judged = {point["month"]: point for point in control["points"]}
    points = []
    for month in found["months"]:
        label = words.month(month["month"], short=True)
        point = judged.get(month["month"])
        mark = None if point is None or point["rule"] is None else _mark(point)
        limits = (control["mean"], control["low"], control["high"])
        points.append(Point(label, value(month), shown(month), *limits, mark))
    named = Named(measure["id"].replace(".", "-"), f"{measure['title']}, by month", says(found))
    return spc(named, points, _axis, control["target"])


def grouped(found: Mapping[str, Any], dimension: str, names: Mapping[str, str]) -> Chart | None:
    """Draw a measure by group: in a funnel, or as bars with their intervals."""
    if not found["rows"]:
        return None
    measure = found["measure"]
    title = f"{measure['title']}, by {dimension}"
    if dimension not in FUNNELLED:
        rows = [_bar(row, names) for row in found["rows"]]
        said = "Lines show 95% intervals: where they overlap, the difference may be chance."
        named = Named(f"by-{dimension}", title, said)
        return bars(named, rows, _axis, dimension.capitalize())
    said = "Inside the inner limits a difference is what chance alone would make in 95 of 100."
    dots = [_dot(row, names) for row in found["rows"]]
    return funnel_plot(Named(f"by-{dimension}", title, said), dots, _bounds(found), _axis)


def month_rows(found: Mapping[str, Any], cases: str | None) -> Iterator[list[object]]:
    """Yield a row a month, newest first; `cases`: where its list is, for who may see it."""
    for month in reversed(found["months"]):
        at = month["month"]
        yield [
            words.month(at),
            shown(month),
            _linked(month["numerator"], cases, at, "met"),
            _linked(missed(month), cases, at, "missed"),
            count(month["denominator"]),
            _linked(month["missing"], cases, at, "missing"),
        ]


def group_rows(found: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[list[object]]:
    """Yield a row for each group."""
    for row in found["rows"]:
        yield [
            _group(row, names),
            shown(row),
            count(row["numerator"]),
            count(row["denominator"]),
            _bound(row["low"]),
            _bound(row["high"]),
        ]


def missed(figure: Figure) -> object:
    """Return how many did not meet it."""
    met, units = figure["numerator"], figure["denominator"]
    if HIDDEN in {met, units}:
        return HIDDEN
    return None if met is None or units is None else units - met


def _linked(number: object, cases: str | None, month: str, state: str) -> object:
    if cases is None or not isinstance(number, int) or number == 0:
        return count(number)
    return {"text": number, "href": f"{cases}?month={month}&state={state}"}


def _mark(point: Mapping[str, Any]) -> str:
    return f"{_VARIATIONS[point['variation']]}, {_RULES[point['rule']]}"


def _group(row: Figure, names: Mapping[str, str]) -> str:
    return ", ".join(names.get(group, group) for group in row["group"].values())


def _bar(row: Figure, names: Mapping[str, str]) -> Bar:
    bounds = (_number(row["low"]), _number(row["high"]))
    return Bar(_group(row, names), value(row), shown(row), *bounds)


def _dot(row: Figure, names: Mapping[str, str]) -> Dot:
    units = row["denominator"]
    place: str = (row.get("funnel") or {}).get("place", "")
    known = isinstance(units, int) and value(row) is not None
    return Dot(
        _group(row, names),
        units if isinstance(units, int) else 0,
        value(row) if known else None,
        shown(row),
        _PLACES.get(place),
    )


def _bounds(found: Mapping[str, Any]) -> list[Bound]:
    """Return the limits of chance at all sizes up to the largest group's."""
    placed = [row["funnel"]["centre"] for row in found["rows"] if row.get("funnel")]
    sizes = [row["denominator"] for row in found["rows"] if isinstance(row["denominator"], int)]
    if not placed or not max(sizes, default=0):
        return []
    most = max(sizes)
    at = sorted({max(1, most * n // SIZES) for n in range(1, SIZES + 1)})
    limits = [(size, funnel.limits(placed[0], size)) for size in at]
    return [Bound(size, b.low, b.low_inner, b.high_inner, b.high) for size, b in limits]


def _bound(bound: object) -> str:
    if bound == HIDDEN:
        return HIDDEN
    return words.percent(_number(bound))


def _number(bound: object) -> float | None:
    return float(bound) if isinstance(bound, int | float) else None


def _axis(at: float) -> str:
    return words.percent(at, 0)
