"""How is a picture drawn as SVG? Classes and presentation attributes, no style and no script.

The same picture follows the page's colours by its classes and stands alone by its attributes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from markupsafe import Markup

PAPER: Final = "#ffffff"
PRINT: Final = "#0b0c0c"
FONTS: Final = "Arial, Liberation Sans, sans-serif"
_INK: Final = {
    "c-text": 'fill="#0b0c0c"', "c-quiet": 'fill="#505a5f"',
    "c-line": 'fill="none" stroke="#1f6fb2" stroke-width="2"', "c-fill": 'fill="#1f6fb2"',
    "c-mark": 'fill="#b35900" stroke="#b35900"',
    "c-mean": 'fill="none" stroke="#0b0c0c" stroke-width="1.5"',
    "c-limit": 'fill="none" stroke="#6f6f6f" stroke-width="1.5" stroke-dasharray="6 4"',
    "c-outer": 'fill="none" stroke="#6f6f6f" stroke-width="1.5" stroke-dasharray="2 3"',
    "c-target": 'fill="none" stroke="#b35900" stroke-width="1.5" stroke-dasharray="10 4 2 4"',
    "c-axis": 'fill="none" stroke="#6f6f6f" stroke-width="1"',
}  # fmt: skip
LINE_HEIGHT: Final = 17.0
TEXT: Final = 14
TEXT_NARROW: Final = 13.5
"""At 320 px the narrow picture shrinks to 290 of its 340 units: 11.5 px."""

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Canvas:
    """A width and what is left free at its edges."""

    width: int
    height: int
    left: float
    right: float
    top: float = 14.0
    bottom: float = 34.0

    @property
    def narrow(self) -> bool:
        """Whether it is the picture for a small screen."""
        return self.width < 500  # noqa: PLR2004 - between the two widths that there are

    @property
    def size(self) -> float:
        """The size of its text."""
        return TEXT_NARROW if self.narrow else TEXT

    def x(self, share: float) -> float:
        """Return where a share of the way from left to right is."""
        return self.left + share * (self.width - self.left - self.right)

    def y(self, share: float) -> float:
        """Return where a share of the way from bottom to top is."""
        return self.height - self.bottom - share * (self.height - self.top - self.bottom)


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to shares of an axis, with round numbers to write beside it."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def share(self, value: float) -> float:
        """Return how far along the axis a value is, 0 to 1 at most."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


def scale(values: Iterable[float], *, floor: float | None = None) -> Scale:
    """Return a scale that holds values, in steps of 1, 2 or 5; not below `floor`."""
    found = [float(value) for value in values] or [0.0, 1.0]
    low, high = min(found), max(found)
    if floor is not None:
        low = min(low, floor) if low <= floor else max(floor, low)
    if high <= low:
        low, high = min(low, 0.0), max(high, 0.0)
        high = high if high > low else 1.0
    step = _step((high - low) / 4)
    first = int(low // step)
    last = int(-(-high // step))
    ticks = tuple(round(step * n, 10) for n in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks)


def _step(rough: float) -> float:
    """Return the next number of 1, 2 or 5 times a power of ten."""
    power = 1.0
    while power > rough:
        power /= 10
    while power * 10 <= rough:
        power *= 10
    return next(power * times for times in (1, 2, 5, 10) if power * times >= rough * 0.999)


def picture(name: str, canvas: Canvas, title: str, says: str, parts: Iterable[str]) -> Markup:
    """Put a picture together; `name` is unique on its page."""
    which = "narrow" if canvas.narrow else "wide"
    own = f"{name}-{which}"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="app-svg app-svg--{which}" role="img"'
        f' viewBox="0 0 {canvas.width} {canvas.height}" aria-labelledby="{own}-t {own}-d"'
        f' font-family="{FONTS}">'
        f'<title id="{own}-t">{escape(title)}</title><desc id="{own}-d">{escape(says)}</desc>'
    )
    return Markup(head + "".join(parts) + "</svg>")  # noqa: S704 - every text in it was escaped


def text(  # noqa: PLR0913 - a text and all that places it
    canvas: Canvas, x: float, y: float, words: str, anchor: str = "start", kind: str = "c-text"
) -> str:
    """Write words."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{canvas.size}" text-anchor="{anchor}"'
        f' class="{kind}" {_INK[kind]}>{escape(words)}</text>'
    )


def line(kind: str, places: Sequence[Place]) -> str:
    """Draw a line through places."""
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline class="{kind}" {_INK[kind]} points="{points}"/>'


def dot(x: float, y: float, shown: str = "", radius: float = 4.0) -> str:
    """Draw an ordinary point; `shown` is its value as the table writes it."""
    place = f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"'
    return f'<circle class="c-fill" {_INK["c-fill"]} {place}{_value(shown)}/>'


def diamond(x: float, y: float, shown: str, half: float = 7.0) -> str:
    """Draw a point that stands out: another shape, not only another colour."""
    path = f"M{x:.1f} {y - half:.1f}l{half} {half}l-{half} {half}l-{half} -{half}z"
    return f'<path class="c-mark" {_INK["c-mark"]} d="{path}"{_value(shown)}/>'


def bar(x: float, y: float, width: float, shown: str, height: float = 18.0) -> str:
    """Draw a bar."""
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect class="c-fill" {_INK["c-fill"]} {place}{_value(shown)}/>'


def _value(shown: str) -> str:
    """Keep a value with its mark, so that picture and table can be compared."""
    return f' data-value="{escape(shown)}"' if shown else ""


def apart(places: Sequence[float], low: float, high: float, gap: float) -> list[float]:
    """Move labels so far that each has `gap` to the next, within bounds, in the same order."""
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = dict(zip(order, _spread([places[n] for n in order], low, high, gap), strict=True))
    return [moved[n] for n in range(len(places))]


def _spread(rising: Sequence[float], low: float, high: float, gap: float) -> Iterator[float]:
    found: list[float] = []
    for place in rising:
        found.append(max(place, found[-1] + gap if found else low))
    ceiling = high
    for n in range(len(found) - 1, -1, -1):
        found[n] = min(found[n], ceiling)
        ceiling = found[n] - gap
    yield from found
