"""What does a row of the overview of joint targeted area inspections say, and what cannot be read?

The overview is scraped and says so itself: columns may be missing, empty, moved or cut. Whatever is
not read is named, row by row; nothing is guessed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

COLUMNS: Final = ("local_authority", "publication_date", "inspection_theme")
"""Without these a row is no inspection."""

INSPECTORATES: Final = (
    "Ofsted", "Care Quality Commission",
    "His Majesty's Inspectorate of Constabulary and Fire & Rescue Services",
    "His Majesty's Inspectorate of Probation",
)  # fmt: skip
"""Who carries out joint targeted area inspections (Children Act 2004, section 20)."""

TYPE: Final = "Joint targeted area inspection"
_ABSENT: Final = frozenset({"", "nan", "none", "not found or not applicable", "."})
_DAY: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})")
_WEB: Final = re.compile(r"https?://[^\s\"<>]{1,500}")
_LONGEST: Final = 20_000
_FINDINGS: Final = (
    ("summary_priority_action", "area-for-improvement", "priority action"),
    ("summary_improvement", "area-for-improvement", "improvement"),
    ("summary_needs_to_improve", "area-for-improvement", "what needs to improve"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a row: an inspection, or None and why; `said` also tells what was left out."""

    number: int
    inspection: Mapping[str, Any] | None
    said: tuple[str, ...] = field(default=())


def rows(table: Sequence[Sequence[object]]) -> list[Row]:
    """Read a sheet, its first row the names of columns. Row numbers are the sheet's own."""
    if not table:
        return [Row(1, None, ("The sheet is empty.",))]
    names = [str(cell or "").strip().lower() for cell in table[0]]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        return [Row(1, None, (f"There is no column {', '.join(missing)}.",))]
    return [
        _row(number, dict(zip(names, cells, strict=False)))
        for number, cells in enumerate(table[1:], 2)
    ]


def _row(number: int, cells: Mapping[str, object]) -> Row:
    if not any(_text(cell) for cell in cells.values()):
        return Row(number, None, ("The row is empty.",))
    area, theme = _text(cells["local_authority"]), _text(cells["inspection_theme"])
    published = _day(cells["publication_date"])
    faults = [
        *([] if area else ["local_authority: no area is named."]),
        *([] if theme else ["inspection_theme: no theme is named."]),
        *([] if published else ["publication_date: no day that can be read."]),
    ]
    if faults or published is None:
        return Row(number, None, tuple(faults))
    items = list(_items(cells))
    link = _WEB.match(_text(cells.get("inspection_link")))
    told = [
        *(
            []
            if items
            else ["No finding could be read: the columns of what is to improve are empty."]
        ),
        *([] if link else ["inspection_link: no address that can be read."]),
        *_suspect(cells),
    ]
    return Row(number, _inspection(area, theme, published, link, items, cells), tuple(told))


def _inspection(  # noqa: PLR0913 - what one row says
    area: str,
    theme: str,
    published: date,
    link: re.Match[str] | None,
    items: list[dict[str, Any]],
    cells: Mapping[str, object],
) -> Mapping[str, Any]:
    findings = _text(cells.get("summary_headline_findings"))
    return {
        "title": f"{TYPE} of {area.title()}: {theme.rstrip('.')}"[:500],
        "inspectorates": list(INSPECTORATES),
        "publication_types": [TYPE],
        "published_on": published,
        "stated_deadline_on": None,
        "forces": [f"The force for {area.title()}"],
        "link": link.group() if link else None,
        "key_findings": findings[:_LONGEST],
        "items": items,
    }


def _items(cells: Mapping[str, object]) -> Iterator[dict[str, Any]]:
    for column, kind, _ in _FINDINGS:
        text = _text(cells.get(column))
        if text:
            yield {"kind": kind, "text": text[:_LONGEST], "lesson": None}


def _suspect(cells: Mapping[str, object]) -> Iterator[str]:
    for column, _, what in _FINDINGS:
        text = _text(cells.get(column))
        if text and text[0].islower():
            yield f"{column}: it begins in the middle of a sentence; check {what} with the report."
        if len(text) > _LONGEST:
            yield f"{column}: longer than {_LONGEST} characters; cut there."


def _text(cell: object) -> str:
    text = " ".join(str(cell if cell is not None else "").split())
    return "" if text.rstrip(".").strip().lower() in _ABSENT else text


def _day(cell: object) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = _DAY.fullmatch(_text(cell))
    if found is None:
        return None
    day, month, year = (int(part) for part in found.groups())
    try:
        return date(year + (2000 if year < 100 else 0), month, day)  # noqa: PLR2004 - two digits
    except ValueError:
        return None
