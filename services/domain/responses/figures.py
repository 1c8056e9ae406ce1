"""What does a frozen figure say, in words, in a table and in a picture?

A figure is what a measure answered at two dates, kept as it was: definition, suppression and all.
Its rows are {label, numerator, denominator, value, low, high}; "c" is a number that is hidden, null
one that is not published, or a share of nobody.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from services.domain.moments import moment
from services.domain.responses.blocks import Block, Heading, Paragraph, Picture, Table
from services.domain.responses.deadlines import said

Stated = Mapping[str, Any]

HEADERS: Final = ("Group", "Met", "Of", "Share", "95% interval")
HIDDEN: Final = "c"
NOBODY: Final = "none"
_WIDE: Final = 480
_HEIGHT: Final = 26


def shown(figure: Stated, number: int, level: int) -> Iterator[Block]:
    """Yield what a document says of a figure: heading, table, picture, and where it is from."""
    yield Heading(level, f"Figure {number}: {figure['title']}")
    yield Table(caption(figure), HEADERS, tuple(cells(row) for row in figure["rows"]))
    picture = _picture(figure["rows"])
    if picture is not None:
        yield picture
    yield Paragraph(f"What is counted: {figure['definition']}")
    for note in figure["notes"]:
        yield Paragraph(str(note))
    yield Paragraph(
        f"Worked out as at {_moment(figure['as_of'])}, from what was known at "
        f"{_moment(figure['known_at'])}; measure {figure['measure']}, version {figure['version']}; "
        f"filters: {_filters(figure['filters'])}. It does not change."
    )


def caption(figure: Stated) -> str:
    """Name a figure's table: the measure, and the months that it counts."""
    first, last = _month(figure["from"]), _month(figure["to"])
    return f"{figure['title']}, {first if first == last else f'{first} to {last}'}"


def cells(row: Stated) -> tuple[str, ...]:
    """Write a row of the table."""
    if hidden(row):
        return (str(row["label"]), *["[c]"] * 4)
    if unpublished(row):
        return (str(row["label"]), *["[x]"] * 4)
    counts = f"{row['numerator']:,}", f"{row['denominator']:,}"
    if row["value"] is None:
        return (str(row["label"]), *counts, NOBODY, NOBODY)
    return (
        str(row["label"]),
        *counts,
        percent(row["value"]),
        f"{percent(row['low'])} to {percent(row['high'])}",
    )


def hidden(row: Stated) -> bool:
    """Whether any number of a row is hidden: then all are."""
    return HIDDEN in (row["numerator"], row["denominator"], row["value"])


def unpublished(row: Stated) -> bool:
    """Whether a row is of what has not been published yet."""
    return row["numerator"] is None or row["denominator"] is None


def spoken(row: Stated) -> str:
    """Say a row in words: its share, of how many."""
    if hidden(row):
        return "hidden [c]: the numbers are too small to be shown"
    if unpublished(row):
        return "not published [x]"
    if row["value"] is None:
        return "nothing was counted"
    return (
        f"{percent(row['value'])} ({row['numerator']:,} of {row['denominator']:,}; 95% interval "
        f"{percent(row['low'])} to {percent(row['high'])})"
    )


def percent(share: float) -> str:
    """Write a share."""
    return f"{share * 100:.1f}%"


def _picture(rows: Sequence[Stated]) -> Picture | None:
    """Draw each row's share on a line from 0 to 100%, its interval across it; no text in it."""
    drawn = [row for row in rows if not hidden(row) and row["value"] is not None]
    if not drawn:
        return None
    marks = "".join(_mark(row, place) for place, row in enumerate(drawn))
    tall = _HEIGHT * len(drawn)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{tall}" '
        f'viewBox="0 0 {_WIDE} {tall}">{marks}</svg>'
    )
    words = "; ".join(f"{row['label']} {percent(row['value'])}" for row in drawn)
    return Picture(svg, f"Bars from 0 to 100%, a line across each for its 95% interval: {words}.")


def _mark(row: Stated, place: int) -> str:
    top = place * _HEIGHT + 4
    low, value, high = (round(row[name] * _WIDE, 1) for name in ("low", "value", "high"))
    middle = top + 9
    return (
        f'<rect x="0.5" y="{top}.5" width="{_WIDE - 1}" height="17" fill="#ffffff" '
        f'stroke="#6f6f6f"/><rect x="0" y="{top}" width="{value}" height="18" fill="#8fb8d9"/>'
        f'<line x1="{low}" y1="{middle}" x2="{high}" y2="{middle}" stroke="#0b0c0c" '
        'stroke-width="3"/>'
    )


def _filters(filters: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(filters.items())) or NOBODY


def _month(written: str) -> str:
    return f"{date.fromisoformat(f'{written}-01'):%B %Y}"


def _moment(stated: str) -> str:
    at = moment(stated)
    return f"{said(at.date())}, {at:%H:%M} UTC"
