"""How are shares shown by how many they are of, with the limits of chance around them?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.runtime.web import svg
from services.runtime.web.charts import axes
from services.runtime.web.charts.chart import Chart, Named, Write, columns, hidden
from services.runtime.web.svg import Canvas, Scale

MOST_LABELS: Final = 4
"""How many points of a funnel are named at most; the table names all."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One of those compared in a funnel, by how many it is a share of.

    `shown` and `of_shown` are how the table writes both, also where a number is hidden.
    """

    label: str
    of: int | None
    value: float | None
    shown: str
    of_shown: object
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """The limits of a funnel at a size: 95 % inside, 99.8 % outside."""

    of: int
    outer_low: float
    low: float
    high: float
    outer_high: float


def funnel(
    named: Named,
    dots: Sequence[Dot],
    bounds: Sequence[Bound],
    write: Write,
    centre: float | None = None,
) -> Chart:
    """Draw shares by how many they are of, with the limits of chance around the whole's share."""
    head = columns("Name", "Share", "Of how many", "Stands out", text=(0, 3))
    rows: list[list[object]] = [[d.label, d.shown, d.of_shown, d.mark or ""] for d in dots]
    seen = [d for d in dots if d.value is not None]
    heights = [d.value for d in seen if d.value is not None]
    values = svg.scale([*heights, *(v for b in bounds for v in (b.low, b.high))], floor=0.0)
    sizes = svg.scale([0, *(d.of for d in dots if d.of), *(b.of for b in bounds)])

    def draw(canvas: Canvas) -> Iterator[str]:
        yield from axes.upright(canvas, values, write)
        yield from axes.sizes(canvas, sizes)
        for kind, name in (("c-limit", "low"), ("c-limit", "high"),
                           ("c-outer", "outer_low"), ("c-outer", "outer_high")):  # fmt: skip
            places = [(b.of, getattr(b, name)) for b in bounds]
            yield svg.line(
                kind, [(canvas.x(sizes.share(n)), canvas.y(values.share(v))) for n, v in places]
            )
        if centre is not None:
            y = canvas.y(values.share(centre))
            yield svg.line("c-mean", [(canvas.x(0), y), (canvas.x(1), y)])
        yield from _dots(canvas, sizes, values, seen)
        yield from _end_labels(canvas, values, bounds, centre, write)

    omitted = hidden(d.label for d in dots if d.value is None)
    return Chart(named, draw, head, rows, omitted, empty=not seen)


def _end_labels(
    canvas: Canvas, values: Scale, bounds: Sequence[Bound], centre: float | None, write: Write
) -> Iterator[str]:
    """Name the lines at their right end, so far apart that each can be read."""
    ends = [] if centre is None else [(f"All {write(centre)}", centre)]
    if bounds:
        last = bounds[-1]
        ends += [("99.8% limit", last.outer_high), ("95% limit", last.high),
                 ("95% limit", last.low), ("99.8% limit", last.outer_low)]  # fmt: skip
    wanted = [canvas.y(values.share(value)) + 5 for _, value in ends]
    places = svg.apart(wanted, canvas.top, canvas.height - canvas.bottom + 5, svg.LINE_HEIGHT)
    for (name, _), y in zip(ends, places, strict=True):
        yield svg.text(canvas, canvas.x(1) + 6, y, name)


def _dots(canvas: Canvas, sizes: Scale, values: Scale, seen: Sequence[Dot]) -> Iterator[str]:
    named: list[tuple[float, float, str]] = []
    for one in seen:
        if one.value is None or one.of is None:
            continue
        x, y = canvas.x(sizes.share(one.of)), canvas.y(values.share(one.value))
        yield svg.diamond(x, y, one.shown) if one.mark else svg.dot(x, y, one.shown)
        if one.mark:
            named.append((x, y, one.label))
    named = named[:MOST_LABELS]
    places = svg.apart([y + 5 for _, y, _ in named], canvas.top, canvas.y(0), svg.LINE_HEIGHT)
    for (x, _, label), y in zip(named, places, strict=True):
        right = x > canvas.x(0.6)
        place, anchor = (x - 11, "end") if right else (x + 11, "start")
        yield svg.text(canvas, place, y, label, anchor)
