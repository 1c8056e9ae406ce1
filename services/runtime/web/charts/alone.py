"""How is a picture given away as a file of its own, that says in itself what it is?

It brings its paper, its colours and its words: what it is asked about, as at when, and its marking
stay with it wherever it is put. No style, no script, nothing from elsewhere.
"""

from collections.abc import Iterator, Sequence
from html import escape
from textwrap import wrap
from typing import Final, NamedTuple

from services.runtime.web import svg
from services.runtime.web.charts.chart import Chart

MARGIN: Final = 20
AIR: Final = 10
_WIDE: Final = 0.53
_BOLD: Final = 0.58
"""How wide a letter of the font is on the whole, of its size."""


class _Line(NamedTuple):
    """A line of words: how far below the one before it, how large, and whether it is bold."""

    words: str
    size: int
    below: float
    bold: bool = False


def alone(chart: Chart, marking: str, about: Sequence[tuple[str, str]]) -> bytes:
    """Write a chart as an SVG file; `about` are terms and what they are, told under the picture."""
    canvas = chart.canvases[0]
    above = list(_above(chart, marking, canvas.width))
    below = list(_below(chart, marking, about, canvas.width))
    top = MARGIN + sum(line.below for line in above) + AIR
    foot = top + canvas.height
    width, height = canvas.width + 2 * MARGIN, foot + sum(line.below for line in below) + MARGIN
    described = " ".join(filter(None, (chart.says, chart.omitted, marking)))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:.0f}"'
        f' viewBox="0 0 {width} {height:.0f}" xml:lang="en-GB" role="graphics-document"'
        f' aria-labelledby="{chart.id}-t" aria-describedby="{chart.id}-d"'
        f' font-family="{svg.FONTS}">'
    )
    parts = (
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        head,
        f'<title id="{chart.id}-t">{escape(chart.title)}</title>',
        f'<desc id="{chart.id}-d">{escape(described)}</desc>',
        f'<rect width="{width}" height="{height:.0f}" fill="{svg.PAPER}"/>',
        *_written(above, MARGIN),
        f'<g transform="translate({MARGIN} {top:.1f})">',
        *chart.draw(canvas),
        "</g>",
        *_written(below, foot),
        "</svg>\n",
    )
    return "".join(parts).encode()


def _above(chart: Chart, marking: str, width: int) -> Iterator[_Line]:
    yield _Line(marking, 14, 14, bold=True)
    yield from _wrapped(chart.title, 20, 30, width, bold=True)
    yield from _wrapped(chart.says, 14, 24, width)


def _below(
    chart: Chart, marking: str, about: Sequence[tuple[str, str]], width: int
) -> Iterator[_Line]:
    if chart.omitted:
        yield from _wrapped(chart.omitted, 13, 22, width)
    for term, told in about:
        yield from _wrapped(f"{term}: {told}", 13, 22, width)
    yield _Line(marking, 14, 30, bold=True)


def _wrapped(
    words: str, size: int, below: float, width: int, *, bold: bool = False
) -> Iterator[_Line]:
    """Break words into lines that fit, the first `below` what stands above."""
    room = int(width / (size * (_BOLD if bold else _WIDE)))
    for n, line in enumerate(wrap(words, room)):
        yield _Line(line, size, size * 1.25 if n else below, bold)


def _written(lines: Sequence[_Line], top: float) -> Iterator[str]:
    y = top
    for line in lines:
        y += line.below
        weight = ' font-weight="bold"' if line.bold else ""
        yield (
            f'<text x="{MARGIN}" y="{y:.1f}" font-size="{line.size}"{weight}'
            f' fill="{svg.PRINT}">{escape(line.words)}</text>'
        )
