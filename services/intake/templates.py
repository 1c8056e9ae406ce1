"""Which file does an agency without a system fill in? Made from the schemas: never out of date."""

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any, Final

import xlsxwriter

from services.intake.columns import Column, Sheet
from services.intake.tables import MAX_ROWS, SHEET

FILLED: Final = 200
"""Rows of a workbook that already say their type."""
REQUIRED: Final = "*"
_HOW: Final = f"""\
One row for each thing that happened. Columns that are marked * and coloured must be filled in.
Dates: 31/01/2026, day first. Moments: 31/01/2026 14:30 on the clock in England, or with an \
offset: 2026-01-31T14:30:00Z. In the hour that comes twice in October add +01:00 or +00:00.
Several codes in one cell are divided by ; as in: knife; county-lines
information: what is known, or why it is not, as in `unknown: refused` (not-yet-known, refused, \
not-applicable, would-increase-risk).
A row without an id gets one from its type, time, references and local id, so that the same row \
sent again changes nothing. To correct what was sent, send an amendment or a retraction.
References (…_ref) must not hold a name, a date of birth or a number of the child.
At most {MAX_ROWS} rows a file; the sheet that is read is called `{SHEET}`.""".splitlines()
_KINDS: Final = {
    "moment": "31/01/2026 14:30",
    "day": "31/01/2026",
    "flag": "yes or no",
    "element": "text, or `unknown: ` and why",
    "text": "text",
    "code": "a code",
}


def as_csv(sheet: Sheet) -> bytes:
    """Make a template as CSV in UTF-8 with a byte order mark, as spreadsheets want it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_heading(column) for column in sheet.columns])
    writer.writerow([sheet.type] + [""] * (len(sheet.columns) - 1))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(sheet: Sheet) -> bytes:
    """Make a template as a workbook: rows with lists to choose from, instructions, codes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        formats = _formats(book)
        rows = book.add_worksheet(SHEET)
        _instructions(book.add_worksheet("instructions"), sheet, formats)
        ranges = _codes(book.add_worksheet("codes"), sheet, formats)
        _rows(rows, sheet, formats, ranges)
    return out.getvalue()


FORMS: Final[Mapping[str, Callable[[Sheet], bytes]]] = {"csv": as_csv, "xlsx": as_xlsx}


def _heading(column: Column) -> str:
    return column.name + REQUIRED * column.required


def _formats(book: Any) -> dict[str, Any]:  # noqa: ANN401 - xlsxwriter is published without types
    bold = {"bold": True, "text_wrap": True, "valign": "top", "border": 1}
    return {
        "required": book.add_format(bold | {"bg_color": "#FFE8A3"}),
        "optional": book.add_format(bold | {"bg_color": "#EEEEEE"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "text": book.add_format({"num_format": "@"}),
        "day": book.add_format({"num_format": "dd/mm/yyyy"}),
        "moment": book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
    }


def _rows(rows: Any, sheet: Sheet, formats: dict[str, Any], ranges: Mapping[str, str]) -> None:  # noqa: ANN401 - the same
    rows.freeze_panes(1, 0)
    for place, column in enumerate(sheet.columns):
        shown = formats.get(column.kind, formats["text"])
        rows.set_column(place, place, max(16, len(column.name) + 3), shown)
        rows.write_string(
            0, place, _heading(column), formats["required" if column.required else "optional"]
        )
        if column.name in ranges:
            stop = "information" if column.open or column.several else "stop"
            choice = {"validate": "list", "source": ranges[column.name], "error_type": stop}
            rows.data_validation(1, place, MAX_ROWS, place, choice)
    for row in range(1, FILLED + 1):
        rows.write_string(row, 0, sheet.type, formats["text"])


def _instructions(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:  # noqa: ANN401 - the same
    page.set_column(0, 0, 34)
    page.set_column(1, 3, 44, formats["wrap"])
    page.write_string(0, 0, sheet.title, formats["optional"])
    for row, line in enumerate(_HOW, 1):
        page.merge_range(row, 0, row, 3, line, formats["wrap"])
        page.set_row(row, 32)
    start = len(_HOW) + 2
    for place, heading in enumerate(("Column", "What it is", "How it is written", "Required")):
        page.write_string(start, place, heading, formats["optional"])
    for row, column in enumerate(sheet.columns, start + 1):
        required = "yes" if column.required else "no"
        for place, said in enumerate((column.name, column.about, _written(column), required)):
            page.write_string(row, place, said, formats["wrap"])


def _written(column: Column) -> str:
    how = "one of the codes" if column.codes else _KINDS[column.kind]
    if column.open and column.codes:
        how = "one of the codes; anything else becomes `other`"
    return f"several, divided by ;: {how}" if column.several else how


def _codes(page: Any, sheet: Sheet, formats: dict[str, Any]) -> dict[str, str]:  # noqa: ANN401 - the same
    """Write the codes of each column, and return where each list stands."""
    lists = {column.name: column.codes for column in sheet.columns if column.codes}
    lists |= {column.name: ("yes", "no") for column in sheet.columns if column.kind == "flag"}
    ranges = {}
    for place, (name, codes) in enumerate(lists.items()):
        page.write_string(0, place, name, formats["optional"])
        page.set_column(place, place, max(16, len(name) + 3))
        page.write_column(1, place, codes)
        letters = xlsxwriter.utility.xl_col_to_name(place)
        ranges[name] = f"=codes!${letters}$2:${letters}${len(codes) + 1}"
    return ranges
