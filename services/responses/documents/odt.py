"""How is a document written as OpenDocument text?"""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, Final
from xml.etree.ElementTree import canonicalize

from odf import dc, draw, meta, style, svg, table, text
from odf.opendocument import OpenDocumentText

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

_SIZES: Final = {1: "20pt", 2: "15pt", 3: "13pt", 4: "12pt"}


class _Odt:
    """A file in the making; pictures are numbered through it."""

    def __init__(self, document: Document) -> None:
        self.file = OpenDocumentText()
        self.pictures = 0
        self._about(document)
        self._styles(document)

    def _about(self, document: Document) -> None:
        at = f"{document.dated.isoformat()}T00:00:00"
        for old in list(self.file.meta.childNodes):
            self.file.meta.removeChild(old)
        for kind, said in (
            (dc.Title, document.title), (dc.Creator, document.author), (dc.Date, at),
            (dc.Language, document.language), (meta.CreationDate, at),
            (meta.InitialCreator, document.author), (meta.Generator, "Referral Watch"),
        ):  # fmt: skip
            self.file.meta.addElement(kind(text=said))

    def _styles(self, document: Document) -> None:
        language, _, country = document.language.partition("-")
        spoken = {"language": language, "country": country, "fontfamily": "Arial"}
        default = style.DefaultStyle(family="paragraph")
        default.addElement(style.TextProperties(fontsize="12pt", **spoken))
        self.file.styles.addElement(default)
        plain = style.Style(name="Standard", family="paragraph")
        plain.addElement(style.ParagraphProperties(marginbottom="0.3cm"))
        self.file.styles.addElement(plain)
        for level, size in _SIZES.items():
            made_now = style.Style(name=f"Heading{level}", family="paragraph")
            made_now.addElement(
                style.ParagraphProperties(
                    margintop="0.5cm", marginbottom="0.2cm", keepwithnext="always"
                )
            )
            made_now.addElement(style.TextProperties(fontsize=size, fontweight="bold"))
            self.file.styles.addElement(made_now)
        bold = style.Style(name="Bold", family="paragraph")
        bold.addElement(style.TextProperties(fontweight="bold"))
        self.file.styles.addElement(bold)
        self._lists()
        self._page(document.marking)

    def _lists(self) -> None:
        dots = text.ListStyle(name="Dots")
        dots.addElement(self._indented(text.ListLevelStyleBullet(level=1, bulletchar="•")))
        numbers = text.ListStyle(name="Numbers")
        level = text.ListLevelStyleNumber(level=1, numformat="1", numsuffix=".")
        numbers.addElement(self._indented(level))
        self.file.automaticstyles.addElement(dots)
        self.file.automaticstyles.addElement(numbers)

    def _indented(self, level: Any) -> Any:  # noqa: ANN401 - odfpy has no types
        level.addElement(style.ListLevelProperties(spacebefore="0.3cm", minlabelwidth="0.6cm"))
        return level

    def _page(self, marking: str | None) -> None:
        layout = style.PageLayout(name="Page")
        layout.addElement(
            style.PageLayoutProperties(
                pagewidth="21cm", pageheight="29.7cm", margin="2.5cm", printorientation="portrait"
            )
        )
        self.file.automaticstyles.addElement(layout)
        page = style.MasterPage(name="Standard", pagelayoutname=layout)
        if marking is not None:
            header = style.Header()
            header.addElement(text.P(stylename="Bold", text=marking))
            page.addElement(header)
        self.file.masterstyles.addElement(page)

    def add(self, element: Any) -> None:  # noqa: ANN401 - odfpy has no types
        """Add to the text."""
        self.file.text.addElement(element)


def made(document: Document) -> bytes:
    """Write the file."""
    odt = _Odt(document)
    for block in document.blocks:
        WRITTEN[type(block)](odt, block)
    out = BytesIO()
    odt.file.save(out)
    return packed(out.getvalue(), document.dated, _canonical)


def _canonical(content: bytes) -> bytes:
    """Write XML in its one form: odfpy names whatever name spaces its process has met before."""
    return canonicalize(content.decode()).encode()


def _heading(odt: _Odt, block: Heading) -> None:
    odt.add(text.H(outlinelevel=block.level, stylename=f"Heading{block.level}", text=block.text))


def _paragraph(odt: _Odt, block: Paragraph) -> None:
    if block.href is None:
        odt.add(text.P(stylename="Standard", text=block.text))
        return
    paragraph = text.P(stylename="Standard")
    paragraph.addElement(text.A(type="simple", href=block.href, text=block.text))
    odt.add(paragraph)


def _bullets(odt: _Odt, block: Bullets) -> None:
    listed = text.List(stylename="Numbers" if block.numbered else "Dots")
    for item in block.items:
        line = text.ListItem()
        line.addElement(text.P(stylename="Standard", text=item))
        listed.addElement(line)
    odt.add(listed)


def _table(odt: _Odt, block: Table) -> None:
    odt.add(text.P(stylename="Bold", text=block.caption))
    made_now = table.Table(name=f"Table of {block.caption}")
    made_now.addElement(table.TableColumn(numbercolumnsrepeated=len(block.headers)))
    head = table.TableHeaderRows()
    head.addElement(_row(block.headers, "Bold"))
    made_now.addElement(head)
    for row in block.rows:
        made_now.addElement(_row(row, "Standard"))
    odt.add(made_now)


def _row(texts: tuple[str, ...], named: str) -> Any:  # noqa: ANN401 - odfpy has no types
    row = table.TableRow()
    for said in texts:
        cell = table.TableCell(valuetype="string")
        cell.addElement(text.P(stylename=named, text=said))
        row.addElement(cell)
    return row


def _picture(odt: _Odt, block: Picture) -> None:
    odt.pictures += 1
    place = odt.file.addPicture(
        f"picture-{odt.pictures}.png", mediatype="image/png", content=png(block.svg)
    )
    frame = draw.Frame(width="16cm", height=_height(block.svg), anchortype="as-char")
    frame.addElement(draw.Image(href=place, type="simple", show="embed", actuate="onLoad"))
    frame.addElement(svg.Desc(text=block.alt))
    paragraph = text.P(stylename="Standard")
    paragraph.addElement(frame)
    odt.add(paragraph)


def _height(drawn: str) -> str:
    """Return how tall a picture is that is 16 cm wide, from its view box."""
    box = drawn.partition('viewBox="0 0 ')[2].partition('"')[0]
    wide, tall = (float(part) for part in box.split())
    return f"{16 * tall / wide:.2f}cm"


WRITTEN: Final[Mapping[type[Block], Callable[[_Odt, Any], None]]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Bullets: _bullets,
    Table: _table,
    Picture: _picture,
}
