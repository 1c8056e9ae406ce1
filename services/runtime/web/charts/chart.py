"""What is a chart? A picture that can be drawn at any width, its sentence, and its table.

A picture and its table are made of one list of points, so they cannot differ. What is hidden is
left out of the picture, and said.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from markupsafe import Markup

from services.runtime.web import svg
from services.runtime.web.svg import Canvas

Write = Callable[[float], str]
"""Writes a value as the axis and the labels do."""
Draw = Callable[[Canvas], Iterator[str]]
"""Draws a picture's parts for a canvas."""
CANVASES: Final = (Canvas(720, 320, 52, 118), Canvas(340, 280, 46, 92))


@dataclass(frozen=True, slots=True)
class Named:
    """What every picture is called."""

    id: str
    title: str
    says: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture in two widths, the sentence that says what it shows, and its table.

    `file`: the address of the picture as a file of its own, where there is one; `empty`: whether
    nothing of it can be drawn, so that no picture is shown.
    """

    named: Named
    draw: Draw
    columns: list[dict[str, Any]]
    rows: list[list[object]]
    omitted: str | None
    canvases: tuple[Canvas, Canvas] = CANVASES
    file: str | None = None
    empty: bool = False

    def at(self, file: str) -> "Chart":
        """Say where the picture is as a file of its own."""
        return replace(self, file=file)

    @property
    def id(self) -> str:
        """What it is called on its page."""
        return self.named.id

    @property
    def title(self) -> str:
        """Its title."""
        return self.named.title

    @property
    def says(self) -> str:
        """What it shows, in a sentence."""
        return self.named.says

    @property
    def wide(self) -> Markup:
        """The picture for a large screen, and for a file."""
        return self._on(self.canvases[0])

    @property
    def narrow(self) -> Markup:
        """The picture for a small screen."""
        return self._on(self.canvases[1])

    def _on(self, canvas: Canvas) -> Markup:
        return svg.picture(self.id, canvas, self.title, self.says, self.draw(canvas))


def columns(*names: str, text: tuple[int, ...] = (0,)) -> list[dict[str, Any]]:
    """Head a table; `text` are the columns that hold no numbers."""
    return [{"text": name, "numeric": n not in text} for n, name in enumerate(names)]


def or_none(value: float | None, write: Write) -> str | None:
    """Write a value, if there is one."""
    return None if value is None else write(value)


def hidden(labels: Iterable[str]) -> str | None:
    """Say what the picture leaves out."""
    found = list(labels)
    if not found:
        return None
    return f"Not in the picture, because there is no number to show: {', '.join(found)}."
