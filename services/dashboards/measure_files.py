"""How is a book of tables written: as CSV, XLSX or ODS?"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from fastapi import Response

from services.dashboards.measure_tables import Book, Table, Value
from services.dashboards.pack_file import safe

CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS: Final = "application/vnd.oasis.opendocument.spreadsheet"


def as_csv(book: Book) -> bytes:
    """Write the cover, the notes and each table one below the other; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    lines: list[Sequence[object]] = [*book.cover, (), *(("Note", note) for note in book.notes)]
    for table in book.tables:
        lines += [(), (table.title,), table.columns, *table.rows]
    writer.writerows([safe(value) for value in line] for line in lines)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(book: Book) -> bytes:
    """Write a sheet for the cover, one for the notes, one for each table; nothing is merged."""
    import xlsxwriter  # noqa: PLC0415 - only who asks for it waits

    out = io.BytesIO()
    made = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    said = dict(book.cover)
    made.set_properties({"title": said["Title"], "status": said["Marking"]})
    for name, columns, rows in _sheets(book):
        sheet = made.add_worksheet(name)
        sheet.add_table(
            0,
            0,
            max(1, len(rows)),
            len(columns) - 1,
            {"name": name, "columns": [{"header": each} for each in columns], "data": rows,
             "autofilter": False},
        )  # fmt: skip
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, 18)
        sheet.set_header(f"&C{said['Marking']}")
        sheet.set_footer(f"&C{said['Marking']}")
    made.close()
    return out.getvalue()


def as_ods(book: Book) -> bytes:
    """Write the same sheets as an OpenDocument spreadsheet."""
    from odf.opendocument import OpenDocumentSpreadsheet  # noqa: PLC0415 - only who asks waits
    from odf.table import Table as Sheet  # noqa: PLC0415
    from odf.table import TableRow  # noqa: PLC0415

    made = OpenDocumentSpreadsheet()
    for name, columns, rows in _sheets(book):
        sheet = Sheet(name=name)
        for line in (columns, *rows):
            row = TableRow()
            for value in line:
                row.addElement(_ods_cell(value))
            sheet.addElement(row)
        made.spreadsheet.addElement(sheet)
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


def _ods_cell(value: Value) -> Any:  # noqa: ANN401 - odfpy has no types
    from odf.table import TableCell  # noqa: PLC0415
    from odf.text import P  # noqa: PLC0415

    if isinstance(value, str):
        cell = TableCell(valuetype="string")
    else:
        cell = TableCell(valuetype="float", value=repr(value))
    cell.addElement(P(text=str(value)))
    return cell


def _sheets(book: Book) -> list[tuple[str, Sequence[str], Sequence[Sequence[Value]]]]:
    """Name every sheet with its columns and rows: cover and notes first."""
    return [
        ("Cover", ("What", "Says"), book.cover),
        ("Notes", ("Note",), [(note,) for note in book.notes]),
        *((_named(table), table.columns, table.rows) for table in book.tables),
    ]


def _named(table: Table) -> str:
    return f"Table_{table.name}"


WRITERS: Final[Mapping[str, tuple[str, Callable[[Book], bytes]]]] = {
    "csv": (CSV, as_csv),
    "xlsx": (XLSX, as_xlsx),
    "ods": (ODS, as_ods),
}
"""By format: its media type, and what writes it."""
WORDS: Final[Mapping[str, str]] = {
    "ods": "OpenDocument spreadsheet",
    "xlsx": "Excel spreadsheet",
    "csv": "CSV",
}
"""What each is called where it is offered."""
FILES: Final[Mapping[str, Mapping[str, Any]]] = {
    media.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
    for media, _ in WRITERS.values()
}
"""The same, as OpenAPI describes them."""


def attached(book: Book, name: str, kind: str) -> Response:
    """Give a book away as a file, marked in its name as well, and kept by nobody on the way."""
    media, write = WRITERS[kind]
    return sent(write(book), media, f"{name}-{dict(book.cover)['Marking']}.{kind}")


def sent(content: bytes, media: str, name: str) -> Response:
    """Give a file away under a name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media, headers=headers)
