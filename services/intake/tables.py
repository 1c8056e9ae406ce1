"""Which rows has this CSV file or workbook? Read one at a time; what could do harm is refused.

Row 1 is the header, as a spreadsheet counts. Blank rows are left out and counted on.
"""

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from warnings import catch_warnings, simplefilter

from openpyxl import load_workbook

from services.intake.cells import Cell, is_blank
from services.intake.facts import Unreadable
from services.intake.safe_xml import UnsafeXml, root_of

CSV: Final = "csv"
XLSX: Final = "xlsx"
SHEET: Final = "rows"
"""The sheet that is read; in a workbook without it the first."""
MAX_FILE: Final = 10 * 1024 * 1024
MAX_ROWS: Final = 10_000
MAX_COLUMNS: Final = 200
_MAX_CELL: Final = 32_767
"""The most that a cell of a spreadsheet can hold."""
_MAX_NUMBERED: Final = 2 * MAX_ROWS
"""The last row that is looked at: one may be numbered a million with nothing above it."""
_MAX_UNPACKED: Final = 32 * 1024 * 1024
_MAX_PARTS: Final = 200
_BROKEN_ZIP: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError),
)
_PIECE: Final = 1 << 16
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DELIMITERS: Final = (",", ";", "\t")

Line = tuple[int, Sequence[Cell]]
"""A row's number and its cells."""


@dataclass(frozen=True, slots=True)
class Table:
    """A header, the rows below it that are not blank, and codes of what was assumed."""

    header: tuple[str, ...]
    rows: Iterator[Line]
    notes: tuple[str, ...] = ()


def open_table(content: bytes, form: str) -> Table:
    """Open a file as CSV or XLSX; its rows raise Unreadable as well."""
    lines, notes = _csv(content) if form == CSV else (_xlsx(content), ())
    first = next(lines, (0, ()))[1]
    header = tuple("" if cell is None else str(cell).strip() for cell in first)
    while header and not header[-1]:
        header = header[:-1]
    if not header:
        raise Unreadable("no-header")
    if len(header) > MAX_COLUMNS:
        raise Unreadable("too-many-columns")
    return Table(header, _limited(lines), notes)


def check(content: bytes, form: str) -> tuple[str, ...]:
    """Say at the door whether a file can be read to its end, keeping none of it; return its header.

    Raises Unreadable.
    """
    table = open_table(content, form)
    for _ in table.rows:
        pass
    return table.header


def _limited(lines: Iterator[Line]) -> Iterator[Line]:
    count = 0
    for number, cells in lines:
        if all(is_blank(cell) for cell in cells):
            continue
        count += 1
        if count > MAX_ROWS:
            raise Unreadable("too-many-rows", number)
        if len(cells) > MAX_COLUMNS:
            raise Unreadable("too-many-columns", number)
        yield number, cells


def _csv(content: bytes) -> tuple[Iterator[Line], tuple[str, ...]]:
    encoding = _encoding(content)
    text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    first = text.readline()
    text.seek(0)
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(_MAX_CELL)
    reader = csv.reader(_lines(text, delimiter), delimiter=delimiter, strict=True)
    return _records(reader), ("read-as-windows-1252",) * (encoding == "cp1252")


def _lines(text: Iterable[str], delimiter: str) -> Iterator[str]:
    """Yield the lines of a file; one of nothing but delimiters would be taken apart as a whole."""
    for number, line in enumerate(text, 1):
        if line.count(delimiter) > _MAX_CELL:
            raise Unreadable("too-many-columns", number)
        yield line


def _records(reader: Iterator[list[str]]) -> Iterator[Line]:
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Unreadable("not-csv", number) from None
        yield number, cells


def _encoding(content: bytes) -> str:
    """Tell the encoding by the byte order mark; without one UTF-8, else Windows-1252."""
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        if _decodes(content, encoding):
            return encoding
    raise Unreadable("not-text")


def _decodes(content: bytes, encoding: str) -> bool:
    """Whether all of it is text in this encoding, piece by piece; NUL is no text in any."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), _PIECE):
            if "\0" in decoder.decode(content[start : start + _PIECE]):
                raise Unreadable("null-byte")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _xlsx(content: bytes) -> Iterator[Line]:
    _check_parts(content)
    try:
        with catch_warnings():
            simplefilter("ignore")  # of styles and extensions that are of no interest here
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet: Any = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
        sheet.reset_dimensions()
        lines = enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1), 1)
        for number, cells in islice(lines, _MAX_NUMBERED):
            yield number, _trimmed(cells)
    except Exception:  # noqa: BLE001 - a workbook is wrong in more ways than its library names
        raise Unreadable("not-xlsx") from None
    if next(lines, None) is not None:
        raise Unreadable("too-many-rows", _MAX_NUMBERED + 1)


def _trimmed(cells: Sequence[Cell]) -> Sequence[Cell]:
    last = max((place for place, cell in enumerate(cells, 1) if not is_blank(cell)), default=0)
    return cells[:last]


def _check_parts(content: bytes) -> None:
    """Unpack every part once, keeping nothing: bombs and entities are refused here."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            listed = parts.infolist()
            if len(listed) > _MAX_PARTS or sum(p.file_size for p in listed) > _MAX_UNPACKED:
                raise Unreadable("unpacks-too-large")
            for part in listed:
                if part.filename.endswith((".xml", ".rels", ".vml")):
                    root_of(_pieces(parts, part))
    except UnsafeXml as error:
        raise Unreadable(error.code if error.code != "not-xml" else "not-xlsx") from None
    except _BROKEN_ZIP:
        raise Unreadable("not-xlsx") from None


def _pieces(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with parts.open(part) as opened:
        while piece := opened.read(_PIECE):
            yield piece
