"""How are values shown as bars, each with its interval?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.runtime.web import svg
from services.runtime.web.charts.chart import Chart, Named, Write, columns, hidden, or_none
from services.runtime.web.svg import Canvas, Scale


@dataclass(frozen=True, slots=True)
class Bar:
    """One of those ranked; `low` and `high` are its interval."""

    label: str
    value: float | None
    shown: str
    low: float | None = None
    high: float | None = None


def bars(named: Named, ranked: Sequence[Bar], write: Write, of: str = "Name") -> Chart:
    """Draw values as bars, in the order given, with their intervals."""
    intervals = any(b.low is not None for b in ranked)
    head = columns(of, "Value", *(("From", "To") if intervals else ()))
    rows: list[list[object]] = [
        [
            b.label,
            b.shown,
            *((or_none(b.low, write), or_none(b.high, write)) if intervals else ()),
        ]
        for b in ranked
    ]
    most = svg.scale([0.0, *(v for b in ranked for v in (b.value, b.high) if v is not None)])
    seen = [b for b in ranked if b.value is not None]

    def draw(canvas: Canvas) -> Iterator[str]:
        for n, one in enumerate(seen):
            yield from _bar(canvas, most, n, one)

    omitted = hidden(b.label for b in ranked if b.value is None)
    return Chart(named, draw, head, rows, omitted, _canvases(len(seen)), empty=not seen)


def _canvases(count: int) -> tuple[Canvas, Canvas]:
    """Return the wide and the narrow canvas of so many bars."""
    wide = Canvas(720, 30 * count + 12, 250, 90, 6, 6)
    return wide, Canvas(340, 44 * count + 12, 6, 62, 6, 6)


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
