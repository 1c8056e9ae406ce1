"""What is wrong with a page as it is sent, where axe is blind? Each returns faults in words."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from lxml import html
from lxml.html import HtmlElement

from tests.browser import codes

FORBIDDEN: Final = re.compile(r"crown|crest|GOV\.UK|GDS Transport|1d70b8", re.IGNORECASE)
_VAGUE: Final = {"click here", "here", "more", "read more", "link", "this"}
HIDDEN: Final = {"c", ":", "\N{EN DASH}", "not published", ""}


def faults(page: str, *, status: int = 200) -> list[str]:
    """All faults of a page."""
    tree = html.fromstring(page)
    found = [*_headings(tree), *_tables(tree), *_charts(tree), *_words(tree), *_forms(tree)]
    found += [f"a code: {one}" for one in codes.shown(page)]
    title = tree.findtext(".//title") or ""
    if not title.strip() or title.startswith("\N{EN DASH}"):
        found.append("no title")
    if status == 422 and tree.xpath("//form") and not title.startswith("Error: "):
        found.append("the title does not say that something is wrong")
    if tree.xpath("//*[@style]"):
        found.append("a style attribute")
    if said := FORBIDDEN.search(page):
        found.append(f"{said.group()} is not ours to show")
    return found


def _headings(tree: HtmlElement) -> Iterator[str]:
    levels = [int(e.tag[1]) for e in tree.iter("h1", "h2", "h3", "h4", "h5", "h6")
              if not e.xpath("ancestor::footer")]  # fmt: skip
    if levels.count(1) != 1:
        yield f"{levels.count(1)} first headings"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"a heading of level {after} after one of {before}"


def _tables(tree: HtmlElement) -> Iterator[str]:
    for table in tree.iter("table"):
        caption = (table.findtext("caption") or "").strip()
        if not caption:
            yield "a table without a caption"
        for head in table.iter("th"):
            if head.get("scope") not in {"col", "row"}:
                yield f"{caption}: a heading without a scope"
            if not head.text_content().strip():
                yield f"{caption}: an empty heading"
        region = table.getparent()
        if region.get("role") != "region" or not region.get("aria-label"):
            yield f"{caption}: the region that scrolls has no name"


def _charts(tree: HtmlElement) -> Iterator[str]:
    """A picture is named, described, and shows what its table says, point for point."""
    for svg in tree.xpath("//svg[contains(@class, 'app-svg')]"):
        if not (svg.findtext("title") or "").strip():
            yield "a picture without a title"
    for section in tree.xpath("//section[contains(@class, 'app-chart')]"):
        name = " ".join((section.findtext("h2") or section.findtext("h3") or "").split())
        drawn = section.xpath("./svg")
        told = _told(section)
        if len(drawn) != (2 if told else 0):  # the wide one and the narrow one
            yield f"{name}: {len(drawn)} pictures"
        for svg in drawn:
            if not (svg.findtext("desc") or "").strip():
                yield f"{name}: a picture without a description"
            if [e.get("data-value") for e in svg.xpath(".//*[@data-value]")] != told:
                yield f"{name}: the picture shows other values than the table"


def _told(section: HtmlElement) -> list[str]:
    cells = section.xpath(".//tbody/tr/*[2]")
    said = [" ".join(cell.text_content().split()) for cell in cells]
    return [one for one in said if one not in HIDDEN]


def _words(tree: HtmlElement) -> Iterator[str]:
    for link in tree.iter("a"):
        said = " ".join(link.text_content().split()).lower()
        if said in _VAGUE:
            yield f"a link that says only {said!r}"
        if not said and not link.get("aria-label"):
            yield "a link without words"


def _forms(tree: HtmlElement) -> Iterator[str]:
    for form in tree.iter("form"):
        if (form.get("method") or "get").lower() == "post" and not form.xpath(
            ".//input[@name='csrf']"
        ):
            yield f"the form to {form.get('action')} carries no token"
