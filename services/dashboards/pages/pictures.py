"""Which picture is drawn of a measure's answer, and where is it to be had as a file?"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.dashboards.measure_limits import rebased_said
from services.dashboards.pages.figures import (
    Figure,
    called,
    count,
    file_of,
    marked,
    says,
    shown,
    value,
)
from services.domain import funnel
from services.runtime.web import Chart, words
from services.runtime.web.charts import Bar, Bound, Dot, Named, Point, bars, spc
from services.runtime.web.charts import funnel as funnel_plot

SIZES: Final = 24
"""At so many sizes the limits of a funnel are drawn."""
FUNNELLED: Final = ("agency", "area", "unit")
_PLACES: Final = {
    "above-95": "above the 95% limit",
    "below-95": "below the 95% limit",
    "above-99.8": "above the 99.8% limit",
    "below-99.8": "below the 99.8% limit",
}


def drawn(found: Mapping[str, Any]) -> Chart:
    """Draw a measure by month, with the mean and the limits of chance."""
    measure, control = found["measure"], found["spc"]
    judged = {point["month"]: point for point in control["points"]}
    points = []
    for month in found["months"]:
        label = words.month(month["month"], short=True)
        point = judged.get(month["month"])
        mark = None if point is None or point["rule"] is None else marked(point)
        own = _stretch_of(month["month"], control["stretches"])
        limits = (own.get("mean"), own.get("low"), own.get("high"))
        anew = own.get("rebased") is not None and own["from"] == month["month"]
        points.append(Point(label, value(month), shown(month), *limits, mark, anew))
    said = " ".join((says(found), *rebased_said(control)))
    named = Named(measure["id"].replace(".", "-"), f"{measure['title']}, by month", said)
    chart = spc(named, points, _axis, control["target"], words.percent)
    return chart.at(file_of(found, "svg", by=None))


def _stretch_of(month: str, stretches: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the limits that a month belongs to, also where its own share is not shown."""
    return next(
        (each for each in reversed(stretches) if each["from"] <= month), next(iter(stretches), {})
    )


def grouped(found: Mapping[str, Any]) -> Chart | None:
    """Draw a measure by group: in a funnel, or as bars; None by two dimensions, or of nobody."""
    if not found["rows"] or len(found["by"]) != 1:
        return None
    (dimension,) = found["by"]
    return _grouped(found, dimension).at(file_of(found, "svg"))


def _grouped(found: Mapping[str, Any], dimension: str) -> Chart:
    measure = found["measure"]
    title = f"{measure['title']}, by {dimension}"
    if dimension not in FUNNELLED:
        rows = [_bar(row, found) for row in found["rows"]]
        said = "Lines show 95% intervals: where they overlap, the difference may be chance."
        named = Named(f"by-{dimension}", title, said)
        return bars(named, rows, words.percent, dimension.capitalize())
    said = (
        "Further to the right is a share of more. Inside the inner limits a difference is what"
        " chance alone would make in 95 of 100."
    )
    dots = [_dot(row, found) for row in found["rows"]]
    return funnel_plot(
        Named(f"by-{dimension}", title, said), dots, _bounds(found), _axis, _centre(found)
    )


def _bar(row: Figure, found: Mapping[str, Any]) -> Bar:
    bounds = (_number(row["low"]), _number(row["high"]))
    return Bar(called(row, found), value(row), shown(row), *bounds)


def _dot(row: Figure, found: Mapping[str, Any]) -> Dot:
    units = row["denominator"]
    place: str = (row.get("funnel") or {}).get("place", "")
    known = isinstance(units, int) and value(row) is not None
    return Dot(
        called(row, found),
        units if isinstance(units, int) else None,
        value(row) if known else None,
        shown(row),
        count(units),
        _PLACES.get(place),
    )


def _centre(found: Mapping[str, Any]) -> float | None:
    """Return the share of all, around which the limits are; None where nobody is placed."""
    return next((row["funnel"]["centre"] for row in found["rows"] if row.get("funnel")), None)


def _bounds(found: Mapping[str, Any]) -> list[Bound]:
    """Return the limits of chance at all sizes up to the largest group's."""
    centre = _centre(found)
    sizes = [row["denominator"] for row in found["rows"] if isinstance(row["denominator"], int)]
    if centre is None or not max(sizes, default=0):
        return []
    most = max(sizes)
    at = sorted({max(1, most * n // SIZES) for n in range(1, SIZES + 1)})
    limits = [(size, funnel.limits(centre, size)) for size in at]
    return [Bound(size, b.low, b.low_inner, b.high_inner, b.high) for size, b in limits]


def _number(bound: object) -> float | None:
    return float(bound) if isinstance(bound, int | float) else None


def _axis(at: float) -> str:
    return words.percent(at, 0)
