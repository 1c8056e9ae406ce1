"""Where do values stand in a picture, and how are its axes written?"""

from collections.abc import Collection, Iterator, Sequence

from services.runtime.web import svg
from services.runtime.web.charts.chart import Write
from services.runtime.web.svg import Canvas, Scale


def at(canvas: Canvas, n: int, count: int) -> float:
    """Return where the nth of so many stands, from left to right."""
    return canvas.x((n + 0.5) / count)


def steps(
    canvas: Canvas,
    values: Scale,
    kind: str,
    found: Sequence[float | None],
    begun: Collection[int] = (),
) -> Iterator[str]:
    """Draw a line through what is there, broken where something is not, and where it is `begun`."""
    run: list[svg.Place] = []
    for n, value in enumerate([*found, None]):
        if len(run) > 1 and (value is None or n in begun):
            yield svg.line(kind, run)
        if value is None or n in begun:
            run = []
        if value is not None:
            run.append((at(canvas, n, len(found)), canvas.y(values.share(value))))


def upright(canvas: Canvas, values: Scale, write: Write) -> Iterator[str]:
    """Draw both axes, and write the values of the upright one."""
    yield svg.line("c-axis", [(canvas.x(0), canvas.y(0)), (canvas.x(0), canvas.y(1))])
    yield svg.line("c-axis", [(canvas.x(0), canvas.y(0)), (canvas.x(1), canvas.y(0))])
    for tick in values.ticks:
        y = canvas.y(values.share(tick))
        yield svg.text(canvas, canvas.left - 6, y + 5, write(tick), "end", "c-quiet")


def sizes(canvas: Canvas, scale: Scale) -> Iterator[str]:
    """Write numbers along the foot."""
    ticks = scale.ticks[:: 2 if canvas.narrow else 1]
    for tick in ticks:
        x = canvas.x(scale.share(tick))
        yield svg.text(canvas, x, canvas.height - 14, f"{tick:,.0f}", "middle", "c-quiet")


def months(canvas: Canvas, labels: Sequence[str]) -> Iterator[str]:
    """Write every so many labels, so that none meets the next; the last one always."""
    room = 5 if canvas.narrow else 9
    every = max(1, -(-len(labels) // (room // 2 + 1)))
    for n in range(len(labels) - 1, -1, -every):
        place = at(canvas, n, len(labels))
        yield svg.text(canvas, place, canvas.height - 12, labels[n], "middle", "c-quiet")
