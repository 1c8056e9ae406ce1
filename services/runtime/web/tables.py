"""How is a table's body written? A macro for each cell took half of the time of a lesson's page."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup, escape

from services.runtime.web.words import NONE

_LINK: Final = Markup('<a class="govuk-link" href="{}">{}</a>')
_WHOLE: Final = Markup('<span class="app-nowrap">{}</span>')
_HEAD: Final = '<th scope="row" class="govuk-table__header">'
_CELL: Final = '<td class="govuk-table__cell">'
_NUMBER: Final = '<td class="govuk-table__cell govuk-table__cell--numeric">'


def body(rows: Iterable[Iterable[object]], columns: Sequence[Mapping[str, Any]]) -> Markup:
    """Write rows of cells; the first cell of a row names it."""
    opens = [_HEAD, *(_NUMBER if column.get("numeric") else _CELL for column in columns[1:])]
    closes = ["</th>", *("</td>" for _ in columns[1:])]
    parts: list[str] = []
    for row in rows:
        parts.append('<tr class="govuk-table__row">')
        for cell, begin, end in zip(row, opens, closes, strict=True):
            parts += (begin, written(cell), end)
        parts.append("</tr>\n")
    return Markup("".join(parts))  # noqa: S704 - every cell in it was escaped


def written(cell: object) -> str:
    """Write a cell: text or a number, {text, href?, nowrap?}, or markup made by us."""
    if isinstance(cell, Mapping):
        if cell.get("href"):
            return _LINK.format(cell["href"], cell["text"])
        return _WHOLE.format(cell["text"]) if cell.get("nowrap") else escape(cell["text"])
    return NONE if cell is None else escape(cell)
