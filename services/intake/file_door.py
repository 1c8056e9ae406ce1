"""Which kind of file is this, and can it be read at all? Told at the door, before it is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.intake import census, rows, tables
from services.intake.facts import Unreadable
from services.intake.formats import CENSUS
from services.intake.safe_xml import UnsafeXml
from services.intake.tables import CSV, XLSX

XLSX_MEDIA: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA: Final[Mapping[str, str]] = {
    "application/xml": CENSUS,
    "text/xml": CENSUS,
    "text/csv": CSV,
    XLSX_MEDIA: XLSX,
}
"""The format of each media type that is read."""
LARGEST: Final = {CENSUS: 50 * 1024 * 1024, CSV: tables.MAX_FILE, XLSX: tables.MAX_FILE}
_MALFORMED: Final = frozenset({"not-xml", "not-csv", "not-xlsx", "not-text", "null-byte"})
_WORDS: Final = {
    "not-xml": "This is not well-formed XML.",
    "forbidden-xml": "A document type or an entity is not allowed.",
    "tag-too-long": "A tag or comment is longer than 64 kB.",
    "too-deep": "Elements are nested too deeply.",
    "too-many-elements": "There are more elements than a file can need. Send it in parts.",
    "not-a-census": "This is no children in need census: its outermost element is not Message.",
    "not-csv": "The quotes of this row do not close, or a cell is too long.",
    "not-xlsx": "This is not a workbook that can be read. Save it as .xlsx without a password.",
    "not-text": "This is text in no encoding that is known. Save it as CSV in UTF-8.",
    "null-byte": "The file holds zero bytes: it is not text.",
    "no-header": "The first row must name the columns, as the template does.",
    "header-twice": "A column is named twice.",
    "type-missing": "Say which type of event the rows are: in a column `type`, or by ?type=.",
    "too-many-rows": f"A file has at most {tables.MAX_ROWS} rows. Send it in parts.",
    "too-many-columns": f"A file has at most {tables.MAX_COLUMNS} columns.",
    "unpacks-too-large": "The workbook unpacks to more than a file of rows can need.",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a file is not taken in: 400 where it is not what it says it is, else 422."""

    code: str
    row: int = 0
    line: int = 0
    column: int = 0

    @property
    def status(self) -> int:
        """The status to answer with."""
        return 400 if self.code in _MALFORMED else 422

    @property
    def fault(self) -> dict[str, object]:
        """The fault in words, with its place where that is known."""
        places = {"row": self.row, "line": self.line, "column": self.column}
        told = {name: place for name, place in places.items() if place}
        return {"pointer": "", "code": self.code, "message": _WORDS[self.code], **told}


def refusal(content: bytes, form: str, asked: str | None) -> Refused | None:
    """Return why a file cannot be read, None where it can; nothing of it is kept."""
    try:
        _CHECKS[form](content, asked)
    except UnsafeXml as error:
        return Refused(error.code, line=error.line, column=error.column)
    except Unreadable as error:
        return Refused(error.reason, row=error.row)
    return None


def _census(content: bytes, _: str | None) -> None:
    census.check(content)


def _csv(content: bytes, asked: str | None) -> None:
    _table(tables.check(content, CSV), asked)


def _xlsx(content: bytes, asked: str | None) -> None:
    _table(tables.check(content, XLSX), asked)


def _table(header: Sequence[str], asked: str | None) -> None:
    if not asked and not rows.names_type(header):
        raise Unreadable("type-missing", 1)
    if rows.named_twice(header):
        raise Unreadable("header-twice", 1)


_CHECKS: Final[Mapping[str, Callable[[bytes, str | None], None]]] = {
    CENSUS: _census,
    CSV: _csv,
    XLSX: _xlsx,
}
