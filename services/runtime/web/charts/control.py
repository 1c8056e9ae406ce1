"""How is a process shown over time: with its limits of chance, or as a small line?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from services.runtime.web import svg
from services.runtime.web.charts import axes
from services.runtime.web.charts.chart import Chart, Named, Write, columns, hidden, or_none
from services.runtime.web.svg import Canvas, Scale

LABEL: Final = 76
"""So wide is what is written at a step."""


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a period: None where it is hidden or there is none; `mark` says what is special.

    `shown` is how the table writes it; mean and limits are those of its own stretch of time, which
    begins with a point that is `anew`.
    """

    label: str
    value: float | None
    shown: str
    mean: float | None = None
    lower: float | None = None
    upper: float | None = None
    mark: str | None = None
    anew: bool = False


def spc(
    named: Named,
    points: Sequence[Point],
    write: Write,
    target: float | None = None,
    told: Write | None = None,
) -> Chart:
    """Draw a process over time: its mean, its limits, and what is no chance.

    `told`: how the table writes mean and limits, if more exactly than the picture.
    """
    head = columns(
        "Period", "Value", "Mean", "Lower limit", "Upper limit", "Stands out", text=(0, 5)
    )
    rows: list[list[object]] = [
        [
            p.label,
            p.shown,
            *(or_none(v, told or write) for v in (p.mean, p.lower, p.upper)),
            p.mark or "",
        ]
        for p in points
    ]
    limits = [v for p in points for v in (p.mean, p.lower, p.upper, p.value) if v is not None]
    values = svg.scale([*limits, *([] if target is None else [target])], floor=0.0)

    def draw(canvas: Canvas) -> Iterator[str]:
        yield from axes.upright(canvas, values, write)
        yield from axes.months(canvas, [p.label for p in points])
        if target is not None:
            y = canvas.y(values.share(target))
            yield svg.line("c-target", [(canvas.x(0), y), (canvas.x(1), y)])
        begun = [n for n, p in enumerate(points) if p.anew]
        for kind, name in (("c-mean", "mean"), ("c-limit", "lower"), ("c-limit", "upper")):
            limits = [getattr(p, name) for p in points]
            yield from axes.steps(canvas, values, kind, limits, begun)
        yield from _anew(canvas, begun, len(points))
        yield from axes.steps(canvas, values, "c-line", [p.value for p in points])
        for n, p in enumerate(points):
            if p.value is not None:
                x, y = axes.at(canvas, n, len(points)), canvas.y(values.share(p.value))
                yield svg.diamond(x, y, p.shown) if p.mark else svg.dot(x, y, p.shown)
        yield from _end_labels(canvas, values, points, write, target)

    omitted = [p.label for p in points if p.value is None]
    return Chart(named, draw, head, rows, hidden(omitted), empty=len(omitted) == len(points))


def spark(name: str, title: str, values: Sequence[float | None]) -> Markup:
    """Draw a small line without axes: where it comes from and where it is."""
    canvas = Canvas(240, 48, 6, 6, 6, 6)
    known = [value for value in values if value is not None]
    if len(known) < 2:  # noqa: PLR2004 - one point is no line
        return Markup("")
    reach = svg.scale(known)
    parts = list(axes.steps(canvas, reach, "c-line", values))
    parts += [
        svg.dot(axes.at(canvas, n, len(values)), canvas.y(reach.share(value)), radius=2.5)
        for n, value in enumerate(values)
        if value is not None and not {*values[max(0, n - 1) : n], *values[n + 1 : n + 2]} - {None}
    ]
    n = max(n for n, value in enumerate(values) if value is not None)
    last = values[n]
    assert last is not None  # noqa: S101 - the last that is known
    parts.append(svg.dot(axes.at(canvas, n, len(values)), canvas.y(reach.share(last)), radius=4.5))
    return svg.picture(name, canvas, title, "", parts)


def _anew(canvas: Canvas, begun: Sequence[int], count: int) -> Iterator[str]:
    """Draw where limits begin anew: an upright line between two points, named if there is room."""
    free = canvas.x(0)
    for n in begun:
        x = canvas.x(n / count)
        yield svg.line("c-axis", [(x, canvas.y(0)), (x, canvas.y(1))])
        if free <= x <= canvas.x(1) + canvas.right - LABEL:
            yield svg.text(canvas, x, canvas.top - 3, "New limits")
            free = x + LABEL


def _end_labels(
    canvas: Canvas, values: Scale, points: Sequence[Point], write: Write, target: float | None
) -> Iterator[str]:
    """Name the lines at their right end, so far apart that each can be read."""
    last = points[-1] if points else Point("", None, "")
    lines = (("Upper", last.upper), ("Mean", last.mean), ("Lower", last.lower), ("Target", target))
    named = [(name, value) for name, value in lines if value is not None]
    wanted = [canvas.y(values.share(value)) + 5 for _, value in named]
    places = svg.apart(wanted, canvas.top, canvas.height - canvas.bottom + 5, svg.LINE_HEIGHT)
    for (name, value), y in zip(named, places, strict=True):
        yield svg.text(canvas, canvas.x(1) + 6, y, f"{name} {write(value)}")
