"""How is a document written as DOCX, with language, heads of tables and words for pictures?"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any, Final

import docx
from docx.document import Document as Docx
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from services.domain.responses.blocks import (
    Block,
    Bullets,
    Document,
    Heading,
    Paragraph,
    Picture,
    Table,
)
from services.responses.documents.packing import packed
from services.responses.documents.pictures import png

_FONT: Final = "Arial"
_INK: Final = RGBColor(0x0B, 0x0C, 0x0C)
_LINK: Final = "1A5C92"


def made(document: Document) -> bytes:
    """Write the file."""
    file = docx.Document()
    _set_up(file, document)
    for block in document.blocks:
        WRITTEN[type(block)](file, block)
    out = BytesIO()
    file.save(out)
    return packed(out.getvalue(), document.dated)


def _set_up(file: Docx, document: Document) -> None:
    about, at = file.core_properties, datetime.combine(document.dated, time(), UTC)
    about.title, about.author, about.language = document.title, document.author, document.language
    about.created = about.modified = at
    about.last_modified_by, about.comments, about.revision = document.author, "", 1
    section = file.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    _set_styles(file, document.language)
    if document.marking is not None:
        section.header.paragraphs[0].add_run(document.marking).bold = True


def _set_styles(file: Docx, language: str) -> None:
    for style in file.styles:
        if style.type not in (WD_STYLE_TYPE.PARAGRAPH, WD_STYLE_TYPE.CHARACTER):
            continue
        style.font.name = _FONT
        properties = style.element.get_or_add_rPr()
        fonts = properties.get_or_add_rFonts()
        for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(name), None)
        if style.name.startswith("Heading"):
            style.font.color.rgb = _INK
    normal = file.styles["Normal"]
    normal.font.size = Pt(12)
    for properties in (normal.element.get_or_add_rPr(), *_defaults(file)):
        for old in properties.findall(qn("w:lang")):
            properties.remove(old)
        spoken = OxmlElement("w:lang")
        spoken.set(qn("w:val"), language)
        properties.append(spoken)


def _defaults(file: Docx) -> list[Any]:
    found: list[Any] = file.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr")
    return found


def _heading(file: Docx, block: Heading) -> None:
    file.add_heading(block.text, block.level)


def _paragraph(file: Docx, block: Paragraph) -> None:
    if block.href is None:
        file.add_paragraph(block.text)
        return
    paragraph = file.add_paragraph()
    link = OxmlElement("w:hyperlink")
    ref = file.part.relate_to(block.href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link.set(qn("r:id"), ref)
    run = paragraph.add_run(block.text)
    run.font.underline, run.font.color.rgb = True, RGBColor.from_string(_LINK)
    link.append(run._r)  # noqa: SLF001 - python-docx has no call for links
    paragraph._p.append(link)  # noqa: SLF001 - the same


def _bullets(file: Docx, block: Bullets) -> None:
    if not block.numbered:
        for item in block.items:
            file.add_paragraph(item, style="List Bullet")
        return
    number = _numbering(file)
    for item in block.items:
        paragraph = file.add_paragraph(item, style="List Number")
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001 - numbering
        properties.get_or_add_ilvl().val = 0
        properties.get_or_add_numId().val = number


def _numbering(file: Docx) -> int:
    """Begin a numbered list at 1: of the style's own there is one in the whole document."""
    numbering = file.part.numbering_part.element
    style = file.styles["List Number"].element
    own = style.xpath("w:pPr/w:numPr/w:numId")[0].val
    abstract = numbering.num_having_numId(own).abstractNumId.val
    made_now = numbering.add_num(abstract)
    made_now.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(made_now.numId)


def _table(file: Docx, block: Table) -> None:
    file.add_paragraph(block.caption, style="Caption")
    table = file.add_table(rows=1, cols=len(block.headers), style="Table Grid")
    _fill(table.rows[0], block.headers)
    head = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - a head that is repeated
    head.append(OxmlElement("w:tblHeader"))
    for row in block.rows:
        _fill(table.add_row(), row)
    for cell in table.rows[0].cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True
    file.add_paragraph()


def _fill(row: Any, texts: tuple[str, ...]) -> None:  # noqa: ANN401 - python-docx's row
    for cell, text in zip(row.cells, texts, strict=True):
        cell.text = text


def _picture(file: Docx, block: Picture) -> None:
    shape = file.add_picture(BytesIO(png(block.svg)), width=Cm(16))
    properties = shape._inline.docPr  # noqa: SLF001 - words for a picture
    properties.set("descr", block.alt)
    properties.set("name", f"Picture {properties.id}")


WRITTEN: Final[Mapping[type[Block], Callable[[Docx, Any], None]]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Bullets: _bullets,
    Table: _table,
    Picture: _picture,
}
