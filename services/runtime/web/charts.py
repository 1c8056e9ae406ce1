"""Which pictures do pages show, and from what? Each from the rows of its table, in two widths.

A picture and its table are made of one list of points, so they cannot differ. What is hidden is
left out of the picture, and said.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from services.runtime.web import svg
from services.runtime.web.svg import Canvas, Scale

Write = Callable[[float], str]
"""Writes a value as the axis and the labels do."""
MOST_LABELS: Final = 4
"""How many points of a funnel are named at most; the table names all."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture in two widths, the sentence that says what it shows, and its table."""

    id: str
    title: str
    says: str
    wide: Markup
    narrow: Markup
    columns: list[dict[str, Any]]
    rows: list[list[object]]
    omitted: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a period: None where it is hidden or there is none; `mark` says what is special.

    `shown` is how the table writes it; mean and limits are those of its own stretch of time.
    """

    label: str
    value: float | None
    shown: str
    mean: float | None = None
    lower: float | None = None
    upper: float | None = None
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Dot:
    """One of those compared in a funnel, by how many it is a share of."""

    label: str
    of: int
    value: float | None
    shown: str
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """The limits of a funnel at a size: 95 % inside, 99.8 % outside."""

    of: int
    outer_low: float
    low: float
    high: float
    outer_high: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One of those ranked; `low` and `high` are its interval."""

    label: str
    value: float | None
    shown: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """What every picture is called."""

    id: str
    title: str
    says: str


def spc(named: Named, points: Sequence[Point], write: Write, target: float | None = None) -> Chart:
    """Draw a process over time: its mean, its limits, and what is no chance."""
    columns = _columns("Period", "Value", "Mean", "Lower limit", "Upper limit", "Stands out")
    rows: list[list[object]] = [
        [p.label, p.shown, *(_or_none(v, write) for v in (p.mean, p.lower, p.upper)), p.mark or ""]
        for p in points
    ]
    limits = [v for p in points for v in (p.mean, p.lower, p.upper, p.value) if v is not None]
    values = svg.scale([*limits, *([] if target is None else [target])], floor=0.0)

    def draw(canvas: Canvas) -> Iterator[str]:
        yield from _y_axis(canvas, values, write)
        yield from _months(canvas, [p.label for p in points])
        if target is not None:
            y = canvas.y(values.share(target))
            yield svg.line("c-target", [(canvas.x(0), y), (canvas.x(1), y)])
        for kind, name in (("c-mean", "mean"), ("c-limit", "lower"), ("c-limit", "upper")):
            yield from _steps(canvas, values, kind, [getattr(p, name) for p in points])
        yield from _steps(canvas, values, "c-line", [p.value for p in points])
        for n, p in enumerate(points):
            if p.value is not None:
                x, y = _at(canvas, n, len(points)), canvas.y(values.share(p.value))
                yield svg.diamond(x, y, p.shown) if p.mark else svg.dot(x, y, p.shown)
        yield from _end_labels(canvas, values, points, write, target)

    return _chart(named, draw, columns, rows, _hidden(p.label for p in points if p.value is None))


def funnel(named: Named, dots: Sequence[Dot], bounds: Sequence[Bound], write: Write) -> Chart:
    """Draw shares by how many they are of, with the limits of chance around the whole's share."""
    columns = _columns("Name", "Share", "Of how many", "Stands out", text=(0, 3))
    rows: list[list[object]] = [[d.label, d.shown, d.of, d.mark or ""] for d in dots]
    seen = [d for d in dots if d.value is not None]
    heights = [d.value for d in seen if d.value is not None]
    values = svg.scale([*heights, *(v for b in bounds for v in (b.low, b.high))], floor=0.0)
    sizes = svg.scale([0, *(d.of for d in dots), *(b.of for b in bounds)])

    def draw(canvas: Canvas) -> Iterator[str]:
        yield from _y_axis(canvas, values, write)
        yield from _x_axis(canvas, sizes)
        for kind, name in (("c-limit", "low"), ("c-limit", "high"),
                           ("c-outer", "outer_low"), ("c-outer", "outer_high")):  # fmt: skip
            places = [(b.of, getattr(b, name)) for b in bounds]
            yield svg.line(
                kind, [(canvas.x(sizes.share(n)), canvas.y(values.share(v))) for n, v in places]
            )
        yield from _dots(canvas, sizes, values, seen)

    return _chart(named, draw, columns, rows, _hidden(d.label for d in dots if d.value is None))


def bars(named: Named, ranked: Sequence[Bar], write: Write, of: str = "Name") -> Chart:
    """Draw values as bars, in the order given, with their intervals."""
    intervals = any(b.low is not None for b in ranked)
    columns = _columns(of, "Value", *(("From", "To") if intervals else ()))
    rows: list[list[object]] = [
        [
            b.label,
            b.shown,
            *((_or_none(b.low, write), _or_none(b.high, write)) if intervals else ()),
        ]
        for b in ranked
    ]
    most = svg.scale([0.0, *(v for b in ranked for v in (b.value, b.high) if v is not None)])
    seen = [b for b in ranked if b.value is not None]

    def draw(canvas: Canvas) -> Iterator[str]:
        for n, one in enumerate(seen):
            yield from _bar(canvas, most, n, one)

    narrow, wide = _bar_canvas(len(seen))
    hidden = _hidden(b.label for b in ranked if b.value is None)
    return _chart(named, draw, columns, rows, hidden, (wide, narrow))


def spark(name: str, title: str, values: Sequence[float | None]) -> Markup:
    """Draw a small line without axes: where it comes from and where it is."""
    canvas = Canvas(240, 48, 6, 6, 6, 6)
    known = [value for value in values if value is not None]
    if len(known) < 2:  # noqa: PLR2004 - one point is no line
        return Markup("")
    reach = svg.scale(known)
    steps = list(_steps(canvas, reach, "c-line", values))
    n = max(n for n, value in enumerate(values) if value is not None)
    last = values[n]
    assert last is not None  # noqa: S101 - the last that is known
    steps.append(svg.dot(_at(canvas, n, len(values)), canvas.y(reach.share(last)), radius=4.5))
    return svg.picture(name, canvas, title, "", steps)


def _chart(  # noqa: PLR0913 - what a chart is made of
    named: Named,
    draw: Callable[[Canvas], Iterator[str]],
    columns: list[dict[str, Any]],
    rows: list[list[object]],
    omitted: str | None,
    canvases: tuple[Canvas, Canvas] | None = None,
) -> Chart:
    wide, narrow = canvases or (Canvas(720, 320, 52, 118), Canvas(340, 280, 46, 92))
    name, title, says = named.id, named.title, named.says
    drawn = (svg.picture(name, each, title, says, draw(each)) for each in (wide, narrow))
    return Chart(name, title, says, next(drawn), next(drawn), columns, rows, omitted)


def _columns(*names: str, text: tuple[int, ...] | None = None) -> list[dict[str, Any]]:
    plain = (0, len(names) - 1) if text is None and names[-1] == "Stands out" else text or (0,)
    return [{"text": name, "numeric": n not in plain} for n, name in enumerate(names)]


def _or_none(value: float | None, write: Write) -> str | None:
    return None if value is None else write(value)


def _hidden(labels: Iterator[str]) -> str | None:
    found = list(labels)
    if not found:
        return None
    return f"Not in the picture, for there is no number to show: {', '.join(found)}."


def _at(canvas: Canvas, n: int, count: int) -> float:
    return canvas.x((n + 0.5) / count)


def _steps(
    canvas: Canvas, values: Scale, kind: str, found: Sequence[float | None]
) -> Iterator[str]:
    """Draw a line through what is there, broken where something is not."""
    run: list[svg.Place] = []
    for n, value in enumerate([*found, None]):
        if value is not None:
            run.append((_at(canvas, n, len(found)), canvas.y(values.share(value))))
            continue
        if len(run) > 1:
            yield svg.line(kind, run)
        run = []


def _y_axis(canvas: Canvas, values: Scale, write: Write) -> Iterator[str]:
    yield svg.line("c-axis", [(canvas.x(0), canvas.y(0)), (canvas.x(0), canvas.y(1))])
    yield svg.line("c-axis", [(canvas.x(0), canvas.y(0)), (canvas.x(1), canvas.y(0))])
    for tick in values.ticks:
        y = canvas.y(values.share(tick))
        yield svg.text(canvas, canvas.left - 6, y + 5, write(tick), "end", "c-quiet")


def _x_axis(canvas: Canvas, sizes: Scale) -> Iterator[str]:
    ticks = sizes.ticks[:: 2 if canvas.narrow else 1]
    for tick in ticks:
        x = canvas.x(sizes.share(tick))
        yield svg.text(canvas, x, canvas.height - 14, f"{tick:,.0f}", "middle", "c-quiet")


def _months(canvas: Canvas, labels: Sequence[str]) -> Iterator[str]:
    """Write every so many labels, so that none meets the next; the last one always."""
    room = 5 if canvas.narrow else 9
    every = max(1, -(-len(labels) // (room // 2 + 1)))
    for n in range(len(labels) - 1, -1, -every):
        place = _at(canvas, n, len(labels))
        yield svg.text(canvas, place, canvas.height - 12, labels[n], "middle", "c-quiet")


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


def _dots(canvas: Canvas, sizes: Scale, values: Scale, seen: Sequence[Dot]) -> Iterator[str]:
    named: list[tuple[float, float, str]] = []
    for one in seen:
        if one.value is None:
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


def _bar_canvas(count: int) -> tuple[Canvas, Canvas]:
    """Return the narrow and the wide canvas of so many bars."""
    narrow = Canvas(340, 44 * count + 12, 6, 62, 6, 6)
    return narrow, Canvas(720, 30 * count + 12, 250, 90, 6, 6)


def _bar(canvas: Canvas, most: Scale, n: int, one: Bar) -> Iterator[str]:
    """Draw one bar: its label before it, or above it where there is no room."""
    assert one.value is not None  # noqa: S101 - hidden ones were left out
    step = 44.0 if canvas.narrow else 30.0
    top = canvas.top + n * step + (20 if canvas.narrow else 5)
    width = canvas.x(most.share(one.value)) - canvas.x(0)
    if canvas.narrow:
        yield svg.text(canvas, canvas.left, top - 5, one.label)
    else:
        yield svg.text(canvas, canvas.left - 8, top + 14, one.label, "end")
    yield svg.bar(canvas.x(0), top, width, one.shown)
    end = canvas.x(0) + width
    if one.low is not None and one.high is not None:
        low, high = canvas.x(most.share(one.low)), canvas.x(most.share(one.high))
        yield svg.line("c-mean", [(low, top + 9), (high, top + 9)])
        end = max(end, high)
    yield svg.text(canvas, end + 6, top + 14, one.shown)
