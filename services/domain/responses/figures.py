"""What does a frozen figure say, in words, in a table and in a picture?

A figure is what a measure answered at two dates, kept as it was: definition, suppression and all.
Its rows are {label, numerator, denominator, value, low, high}; "c" is a number that is hidden, null
one that is not published, or a share of nobody.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from services.domain.moments import in_words, moment
from services.domain.responses.blocks import Block, Heading, Paragraph, Picture, Table

Stated = Mapping[str, Any]

HEADERS: Final = ("Group", "Met", "Of", "Share", "95% interval")
BESIDE: Final[Mapping[str, str]] = {"missing": "Missing data", "not_judged": "Not judged"}
"""What is in neither count: figures that were frozen before these were kept do not have them."""
HIDDEN: Final = "c"
NOBODY: Final = "none"
_WIDE: Final = 480
_EDGE: Final = 18
"""Left free at both sides, so that 0% and 100% can be written under the ends."""
_HEIGHT: Final = 44
_FOOT: Final = 24
_TEXT: Final = (
    '<text x="{}" y="{}" font-size="13" text-anchor="{}" fill="#0b0c0c"'
    ' font-family="Arial, Liberation Sans, Libertinus Serif, sans-serif">{}</text>'
)


def shown(figure: Stated, number: int, level: int) -> Iterator[Block]:
    """Yield what a document says of a figure: heading, table, picture, and where it is from."""
    yield Heading(level, f"Figure {number}: {figure['title']}")
    kept = [name for name in BESIDE if all(name in row for row in figure["rows"])]
    yield Table(
        caption(figure),
        (*HEADERS, *(BESIDE[name] for name in kept)),
        tuple((*cells(row), *(_count(row[name]) for name in kept)) for row in figure["rows"]),
    )
    picture = _picture(caption(figure), figure["rows"])
    if picture is not None:
        yield picture
    yield Paragraph(f"What is counted: {figure['definition']}")
    for note in figure["notes"]:
        yield Paragraph(str(note))
    yield Paragraph(
        f"Worked out as at {in_words(moment(figure['as_of']))}, from what was known at "
        f"{in_words(moment(figure['known_at']))} (UK time); measure {figure['measure']}, "
        f"version {figure['version']}; filters: {_filters(figure['filters'])}. It does not change."
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


def _count(number: object) -> str:
    if isinstance(number, int):
        return f"{number:,}"
    return "[x]" if number is None else f"[{number}]"


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
        f"{percent(row['low'])} to {percent(row['high'])}{_beside(row)})"
    )


def _beside(row: Stated) -> str:
    """Say what is in neither count, where there is any."""
    found = [
        f"{_count(row[name])} {said.lower()}" for name, said in BESIDE.items() if row.get(name)
    ]
    return f"; beside these {' and '.join(found)}" if found else ""


def percent(share: float) -> str:
    """Write a share."""
    return f"{share * 100:.1f}%"


def _picture(of: str, rows: Sequence[Stated]) -> Picture | None:
    """Draw each row's share on a line from 0 to 100%, its interval across it, its words above."""
    drawn = [row for row in rows if not hidden(row) and row["value"] is not None]
    if not drawn:
        return None
    marks = "".join(_mark(row, place) for place, row in enumerate(drawn))
    foot = _HEIGHT * len(drawn)
    tall = foot + _FOOT
    axis = "".join(
        _TEXT.format(_EDGE + round(share * (_WIDE - 2 * _EDGE)), foot + 16, "middle", said_there)
        for share, said_there in ((0, "0%"), (0.5, "50%"), (1, "100%"))
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{tall}" '
        f'viewBox="0 0 {_WIDE} {tall}"><rect class="paper" width="{_WIDE}" height="{tall}" '
        f'fill="#ffffff"/>{marks}{axis}</svg>'
    )
    words = "; ".join(f"{row['label']} {percent(row['value'])}" for row in drawn)
    return Picture(
        svg, of, f"Bars from 0 to 100%, a line across each for its 95% interval: {words}."
    )


def _mark(row: Stated, place: int) -> str:
    """Draw one row: what it is of and its share in words, and below them its bar."""
    above = place * _HEIGHT
    top, middle, wide = above + 20, above + 29, _WIDE - 2 * _EDGE
    low, value, high = (round(row[name] * wide, 1) for name in ("low", "value", "high"))
    label = str(row["label"]).replace("&", "&amp;").replace("<", "&lt;")
    words = f"{label}: {percent(row['value'])}"
    return (
        _TEXT.format(_EDGE, above + 14, "start", words)
        + f'<rect x="{_EDGE}.5" y="{top}.5" width="{wide - 1}" height="17" fill="none" '
        f'stroke="#6f6f6f"/><rect x="{_EDGE}" y="{top}" width="{value}" height="18" '
        f'fill="#5694c7"/><line x1="{_EDGE + low}" y1="{middle}" x2="{_EDGE + high}" '
        f'y2="{middle}" stroke="#0b0c0c" stroke-width="3"/>'
    )


def _filters(filters: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(filters.items())) or NOBODY


def _month(written: str) -> str:
    return f"{date.fromisoformat(f'{written}-01'):%B %Y}"
