"""What does a reader find in a file? Its texts in order, taken out by what reads the format."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import docx
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree, html
from odf import teletype
from odf.opendocument import load
from pypdf import PdfReader

from services.domain.responses.blocks import Document, Picture, texts

_SPACE = re.compile(r"\s+")
_MARK = re.compile(r"^\s*(•|\d{1,3}\.)\s+", re.MULTILINE)


def squeezed(text: str) -> str:
    """Leave out white space: formats break lines where they like."""
    return _SPACE.sub("", text)


def expected(document: Document, name: str = "") -> str:
    """Every text in order; of a PDF also what is written in pictures, which can be searched."""
    found: list[str] = []
    for block in document.blocks:
        found += texts(replace(document, blocks=(block,)))
        if name == "pdf" and isinstance(block, Picture):
            found += etree.fromstring(block.svg.encode()).itertext()
    return squeezed("".join(found))


def in_html(content: bytes) -> str:
    main = html.document_fromstring(content.decode()).find(".//main")
    assert main is not None
    for picture in main.findall(".//svg"):
        for words in picture.findall("text"):
            words.text = None
    return squeezed(str(main.text_content()))


def in_docx(content: bytes) -> str:
    found = []
    for part in docx.Document(BytesIO(content)).iter_inner_content():
        found += [part.text] if isinstance(part, Paragraph) else _cells(part)
    return squeezed("".join(found))


def _cells(table: Table) -> list[str]:
    return [cell.text for row in table.rows for cell in row.cells]


def in_odt(content: bytes) -> str:
    return squeezed(str(teletype.extractText(_text(content))).replace("\n", ""))


def _text(content: bytes) -> Any:  # noqa: ANN401 - odfpy has no types
    text = load(BytesIO(content)).text
    for kind in ("svg:desc", "svg:title"):
        for found in _named(text, kind):
            found.parentNode.removeChild(found)
    return text


def _named(element: Any, name: str) -> list[Any]:  # noqa: ANN401 - odfpy has no types
    own = [one for one in getattr(element, "childNodes", []) if getattr(one, "tagName", "") == name]
    return own + [each for one in getattr(element, "childNodes", []) for each in _named(one, name)]


def in_pdf(content: bytes) -> str:
    """Read the pages without header and footer, and without the marks of lists."""
    found = []
    for page in PdfReader(BytesIO(content)).pages:
        body: list[str] = []
        page.extract_text(visitor_text=_within(body))
        found.append(_MARK.sub("", "".join(body)))
    return squeezed("".join(found))


def _within(body: list[str]) -> Callable[..., None]:
    def visit(text: str, matrix: Any, _: Any, __: Any, ___: Any) -> None:  # noqa: ANN401 - pypdf's
        if 60 < matrix[5] < 780 or not text.strip():
            body.append(text)

    return visit


READERS: Mapping[str, Callable[[bytes], str]] = {
    "html": in_html,
    "pdf": in_pdf,
    "docx": in_docx,
    "odt": in_odt,
}
