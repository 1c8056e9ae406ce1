"""How is the report to the panel written: which promises stand how at the end of a quarter?"""

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from io import BytesIO, StringIO
from typing import Any, Final

from xlsxwriter import Workbook

from services.domain.responses.blocks import Block, Document, Heading, Paragraph, Table
from services.domain.responses.deadlines import said
from services.domain.responses.promises import COLUMNS, STANDINGS, Promise
from services.responses.making import MAKERS, Make

Write = Callable[[Document, Sequence[Promise]], bytes]

HEADERS: Final = (
    "Promise", "Response to", "Owner", "By", "Judged by", "Stands", "Last told on", "Last told",
)  # fmt: skip
_ORDER: Final = ("promise", "response", *COLUMNS[2:])
_GUARDED: Final = ("=", "+", "-", "@", "\t", "\r")


def composed(found: Sequence[Promise], body: Mapping[str, Any], name: str, day: date) -> Document:
    """Compose the report as a document."""
    title = f"Promises kept: report to the {body['panel']}, {name}"
    counts = ", ".join(
        f"{sum(one.standing == standing for one in found)} {words.lower()}"
        for standing, words in STANDINGS.items()
    )
    blocks: list[Block] = [
        Heading(1, title),
        Paragraph(
            f"What {body['name']} has promised in published responses to inspections, as it stood "
            f"on {said(day)}. {len(found)} in all: {counts}. A promise counts as met only where a "
            "person has said so."
        ),
    ]
    for place, one in enumerate(found, 1):
        row = one.row()
        blocks.append(Heading(2, f"Promise {place}: {STANDINGS[one.standing].lower()}"))
        blocks.append(Paragraph(row["promise"]))
        rows = tuple(
            (header, row[column] or "nothing yet")
            for header, column in zip(HEADERS[1:], _ORDER[1:], strict=True)
        )
        blocks.append(Table(f"Promise {place}", ("What", "As it stands"), rows))
    return Document(title, body["name"], day, None, tuple(blocks))


def csv_of(document: Document, found: Sequence[Promise]) -> bytes:
    """Write the report as CSV, for spreadsheets: cells that could be formulas are not."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([document.title])
    writer.writerow([_text(document)])
    writer.writerow(HEADERS)
    for one in found:
        row = one.row()
        writer.writerow([_guarded(row[column]) for column in _ORDER])
    return ("\ufeff" + out.getvalue()).encode()


def xlsx_of(document: Document, found: Sequence[Promise]) -> bytes:
    """Write the report as a workbook: what it is on one sheet, a table on another."""
    out = BytesIO()
    book = Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": document.title, "author": document.author})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    cover = book.add_worksheet("Cover")
    cover.set_column(0, 0, 100, wrapped)
    cover.write(0, 0, document.title, book.add_format({"bold": True, "font_size": 14}))
    cover.write(1, 0, _text(document), wrapped)
    sheet = book.add_worksheet("Promises")
    sheet.set_column(0, len(HEADERS) - 1, 28, wrapped)
    rows = [[one.row()[column] for column in _ORDER] for one in found]
    sheet.add_table(
        0, 0, max(len(rows), 1), len(HEADERS) - 1,
        {"name": "Promises", "data": rows, "columns": [{"header": one} for one in HEADERS]},
    )  # fmt: skip
    sheet.freeze_panes(1, 1)
    book.close()
    return out.getvalue()


def _text(document: Document) -> str:
    return next(one.text for one in document.blocks if isinstance(one, Paragraph))


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_GUARDED) else text


def _as_document(make: Make) -> Write:
    return lambda document, _: make(document)


WRITTEN: Final[Mapping[str, Write]] = {
    "csv": csv_of,
    "xlsx": xlsx_of,
    **{name: _as_document(make) for name, make in MAKERS.items()},
}
"""By format: how the report is written."""
