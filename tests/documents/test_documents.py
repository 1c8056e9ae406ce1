"""Do the four formats say the same, in order, to everybody, and the same bytes each time?"""

import hashlib
import re
import subprocess
import sys
from collections.abc import Mapping
from io import BytesIO
from itertools import pairwise
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree, html
from odf.opendocument import load

from deploy.embedded.places import PROJECT
from deploy.embedded.progress import silently
from deploy.embedded.verapdf import faults
from services.domain.responses.blocks import Bullets, Document, Heading, Paragraph, Picture, Table
from services.domain.responses.figures import shown
from services.responses.making import MAKERS
from tests.documents.conftest import DATED, FIGURE
from tests.documents.reading import READERS, expected, squeezed

SEED = PROJECT.parent / "shared" / "seed" / "norfolk-section-55-response.txt"
HEADINGS = (
    "Inspection Title:", "Published on:", "Publication Types:", "Police Forces:", "Link to Report:",
    "Section 55 Response Deadline:", "Key Findings", "Recommendations", "Areas For Improvement",
    "PCC response to report and any Recommendations/Areas For Improvement",
    "For Office Use Only:",
)  # fmt: skip
"""As the seed has them, in its order, below its title."""


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("which", ["past", "full"])
def test_every_text_is_in_every_format_in_its_order(
    request: pytest.FixtureRequest, which: str, name: str
) -> None:
    document: Document = request.getfixturevalue(which)
    assert READERS[name](MAKERS[name](document)) == expected(document, name)


@pytest.mark.parametrize("name", MAKERS)
def test_the_same_document_is_the_same_file(full: Document, name: str) -> None:
    assert MAKERS[name](full) == MAKERS[name](full)


def test_another_process_makes_the_same_files(past: Document) -> None:
    """Nothing of this process, its order of work or its hashes is in a file."""
    code = (
        "import sys, hashlib; sys.path.insert(0, '.')\n"
        "from services.domain.responses.blocks import *\nfrom datetime import date\n"
        f"from services.responses.making import MAKERS\ndocument = {past!r}\n"
        "print({name: hashlib.sha256(make(document)).hexdigest() for name, make in MAKERS.items()})"
    )
    code = code.replace("datetime.date(", "date(")
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True,
        env={"PYTHONHASHSEED": "7", "PATH": ""},
    )  # fmt: skip
    own = {name: hashlib.sha256(make(past)).hexdigest() for name, make in MAKERS.items()}
    assert done.stdout.strip() == str(own)


def test_the_pdfs_are_pdf_ua(past: Document, full: Document, tmp_path: Any) -> None:  # noqa: ANN401
    files = [tmp_path / "past.pdf", tmp_path / "full.pdf"]
    for file, document in zip(files, (past, full), strict=True):
        file.write_bytes(MAKERS["pdf"](document))
    assert faults(files, silently) == []


def test_the_checker_finds_a_pdf_that_is_not(full: Document, tmp_path: Any) -> None:  # noqa: ANN401
    file = tmp_path / "spoilt.pdf"
    content = MAKERS["pdf"](full)
    assert b"/Marked true" in content
    file.write_bytes(content.replace(b"/Marked true", b"/Marked null"))
    assert faults([file], silently)


def test_the_headings_are_the_seed_s_in_its_order(past: Document) -> None:
    found = [block.text for block in past.blocks if isinstance(block, Heading)]
    assert found[0] == past.title
    assert tuple(found[1:]) == HEADINGS


def test_the_seed_comes_out_with_all_its_text_in_order(past: Document) -> None:
    if not SEED.exists():
        pytest.skip("the seed is not beside this clone")
    text = SEED.read_text(encoding="utf-8")
    text = re.sub(r"^\[(.*)\]\(#\)$", r"\1", text, flags=re.MULTILINE)
    text = re.sub(r"^(- |\d\. )", "", text, flags=re.MULTILINE)
    assert squeezed(text) == expected(past)


def test_the_page_is_one_that_everybody_can_read(full: Document) -> None:
    page = html.document_fromstring(MAKERS["html"](full).decode())
    assert page.get("lang") == "en-GB"
    assert page.findtext(".//title") == full.title
    levels = [int(one.tag[1]) for one in page.iter("h1", "h2", "h3", "h4", "h5")]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert {one.get("scope") for one in page.iter("th")} == {"col", "row"}
    assert all(one.findtext("caption") for one in page.iter("table"))
    assert all(one.get("aria-label") for one in page.iter("svg"))
    assert not page.xpath("//*[@style]")
    assert page.findtext(".//p[@class='marking']") == full.marking
    assert page.xpath("//a/@href") == ["https://www.example.org/report?a=1&b=2"]


def test_the_docx_reads_back_with_what_readers_need(full: Document) -> None:
    file = docx.Document(BytesIO(MAKERS["docx"](full)))
    styles = [p.style.name for p in file.paragraphs if p.style and "Heading" in p.style.name]
    assert styles == [f"Heading {one.level}" for one in full.blocks if isinstance(one, Heading)]
    spoken = file.styles["Normal"].element.find(f".//{qn('w:lang')}")
    assert spoken.get(qn("w:val")) == "en-GB"
    assert file.core_properties.language == "en-GB"
    assert file.core_properties.title == full.title
    assert file.core_properties.created.date() == DATED
    tables = [one for one in full.blocks if isinstance(one, Table)]
    assert len(file.tables) == len(tables) > 0
    for table in file.tables:
        assert table.rows[0]._tr.xpath("w:trPr/w:tblHeader")  # noqa: SLF001 - no call for it
    described = file.element.body.findall(f".//{qn('wp:docPr')}")
    pictures = [one.alt for one in full.blocks if isinstance(one, Picture)]
    assert [one.get("descr") for one in described] == pictures != []
    assert file.sections[0].header.paragraphs[0].text == full.marking
    names = [p.style.name for p in file.paragraphs if p.style]
    bullets = [one for one in full.blocks if isinstance(one, Bullets)]
    assert names.count("List Number") == sum(len(b.items) for b in bullets if b.numbered)


def test_each_numbered_list_begins_at_one(full: Document) -> None:
    file = docx.Document(BytesIO(MAKERS["docx"](full)))
    ids = file.element.body.xpath("w:p[w:pPr/w:pStyle/@w:val='ListNumber']/w:pPr/w:numPr/w:numId")
    used = {one.val for one in ids}
    numbered = [one for one in full.blocks if isinstance(one, Bullets) and one.numbered]
    assert len(used) == len(numbered) == 2


def test_the_odt_reads_back_with_language_heads_of_tables_and_words_for_pictures(
    full: Document,
) -> None:
    content = MAKERS["odt"](full)
    file = load(BytesIO(content))
    xml = ZipFile(BytesIO(content)).read("content.xml").decode()
    styles = ZipFile(BytesIO(content)).read("styles.xml").decode()
    assert 'fo:language="en"' in styles
    assert 'fo:country="GB"' in styles
    assert str(full.marking) in styles
    assert xml.count("<table:table-header-rows>") == 1
    assert xml.count("<svg:desc>") == 1
    levels = re.findall(r'<text:h[^>]*outline-level="(\d)"', xml)
    assert [int(one) for one in levels] == [
        one.level for one in full.blocks if isinstance(one, Heading)
    ]
    assert file.mimetype == "application/vnd.oasis.opendocument.text"


def test_marks_and_signs_of_mark_up_come_out_as_they_are(full: Document) -> None:
    told: Mapping[str, Any] = {name: READERS[name](make(full)) for name, make in MAKERS.items()}
    for name, read in told.items():
        assert "Custody&care:<aninventedreport>" in read, name
        assert "“should”isnotenough—90%is." in read, name


def test_words_of_typst_s_own_mark_up_are_only_words(full: Document) -> None:
    odd = "#panic() = *bold* $x$ <label> @ref \\ // no comment"
    document = Document(
        "Title", "Author", DATED, None, (Heading(1, "Title"), Paragraph(odd)), full.language
    )
    assert READERS["pdf"](MAKERS["pdf"](document)) == squeezed("Title" + odd)


def test_every_bar_is_named_and_has_its_share_beside_it(full: Document) -> None:
    (picture,) = (one for one in full.blocks if isinstance(one, Picture))
    drawn = etree.fromstring(picture.svg.encode())
    words = [one.text for one in drawn.iter("{*}text")]
    assert words == ["All: 56.7%", "Custody & cells: 0.0%", "0%", "50%", "100%"]
    assert len(list(drawn.iter("{*}line"))) == 2
    wide = float(drawn.get("width"))
    ends = [float(one.get(place)) for one in drawn.iter("{*}line") for place in ("x1", "x2")]
    assert all(0 <= end <= wide for end in ends)


def test_a_figure_says_what_is_in_neither_count_where_it_was_kept() -> None:
    kept = {**FIGURE, "rows": [{**row, "missing": 7, "not_judged": "c"} for row in FIGURE["rows"]]}
    (table,) = (block for block in shown(kept, 1, 2) if isinstance(block, Table))
    assert table.headers[-2:] == ("Missing data", "Not judged")
    assert {row[-2:] for row in table.rows} == {("7", "[c]")}
    (table,) = (block for block in shown(FIGURE, 1, 2) if isinstance(block, Table))
    assert table.headers[-1] == "95% interval"
