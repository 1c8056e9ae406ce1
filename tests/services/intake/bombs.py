"""Workbooks that are made to exhaust who opens them. Each is small when sent."""

import io
import zipfile

from tests.services.intake.filled import as_xlsx, row

SHEET = "xl/worksheets/sheet1.xml"
_ROWS = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s'
)


def workbook_with(content: bytes, part: str = SHEET) -> bytes:
    """A sound workbook with one part put in another's place."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_xlsx([row()]))) as sound,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in sound.namelist():
            made.writestr(name, content if name == part else sound.read(name))
        if part not in sound.namelist():
            made.writestr(part, content)
    return out.getvalue()


def spaces() -> bytes:
    """A part of 500 MB of blanks."""
    return workbook_with(b" " * 500_000_000)


def lying() -> bytes:
    """The same, with a directory that says it unpacks to a thousand bytes."""
    bomb = spaces()
    return bomb.replace((500_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))


def cells() -> bytes:
    """Millions of empty cells."""
    return workbook_with(_ROWS % (b"<row>" + b"<c/>" * 6_000_000))


def strings() -> bytes:
    """A million shared strings."""
    return workbook_with(
        b"<sst>" + b"<si><t/></si>" * 2_000_000 + b"</sst>", "xl/sharedStrings.xml"
    )


def entities() -> bytes:
    return workbook_with(b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>')


def far_row() -> bytes:
    """A row numbered a million with nothing above it."""
    return workbook_with(
        _ROWS % b'<row r="1048576"><c r="A1048576"/></row></sheetData></worksheet>'
    )


def nested() -> bytes:
    return workbook_with(b"<a>" * 10_000)


def parts() -> bytes:
    """Ten thousand parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for number in range(10_000):
            made.writestr(f"xl/{number}.xml", b"<a/>")
    return out.getvalue()
