"""Can somebody get from a lesson to a case by keyboard alone, and without scripts? On paper?"""

import io
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page as Tab
from playwright.async_api import expect
from pypdf import PdfReader

from tests.browser import seen
from tests.browser.looking import Looking
from tests.browser.registry import PAGES, Page

MOST_STOPS = 150
START = Page("dashboards", "/", "qa-reviewer")
CHARTED = Page("dashboards", "/completeness", "qa-reviewer")


@pytest.fixture
async def tab(looking: Looking) -> AsyncIterator[Tab]:
    """The overview, as a reviewer."""
    looked = await looking.at(START)
    yield looked.page
    await looked.page.close()


async def follow(tab: Tab, words: str) -> None:
    """Go from stop to stop by the Tab key until one says `words`, and press Enter there."""
    for _ in range(MOST_STOPS):
        await tab.keyboard.press("Tab")
        said = await tab.evaluate("document.activeElement.textContent.trim().replace(/\\s+/g, ' ')")
        if said == words:
            async with tab.expect_navigation(wait_until="load"):
                await tab.keyboard.press("Enter")
            return
    raise AssertionError(f"no stop says {words}")


async def test_by_keyboard_from_the_overview_to_a_case(tab: Tab) -> None:
    await follow(tab, "Timeliness")
    await expect(tab.get_by_role("heading", level=1)).to_have_text("Timeliness")
    row = tab.get_by_role("table", name="Open now").get_by_role("row", name="Decision overdue")
    await follow(tab, await row.get_by_role("link").inner_text())
    await expect(tab.get_by_role("heading", level=1)).to_have_text("What is owed")
    await follow(tab, "Decision overdue")
    await expect(tab.get_by_role("heading", name="How this was worked out")).to_be_visible()


async def test_without_scripts_from_a_lesson_to_a_case(looking: Looking) -> None:
    tab = (await looking.at(Page("dashboards", "/timeliness", "qa-reviewer"), scripts=False)).page
    try:
        row = tab.get_by_role("table", name="Open now").get_by_role("row", name="Decision overdue")
        number = await row.get_by_role("link").inner_text()
        await row.get_by_role("link").click()
        await expect(tab.get_by_role("status").first).to_contain_text(f"{number} gap")
        await tab.get_by_role("link", name="Decision overdue", exact=True).first.click()
        await expect(tab.get_by_role("heading", name="How this was worked out")).to_be_visible()
        await tab.get_by_role("link", name="Chronology of child").click()
        await expect(tab.get_by_role("heading", level=1)).to_contain_text("Child ")
    finally:
        await tab.close()


async def test_the_first_stop_skips_to_the_content(tab: Tab) -> None:
    await tab.keyboard.press("Tab")
    await tab.keyboard.press("Enter")
    assert await tab.evaluate("location.hash") == "#main-content"
    await tab.keyboard.press("Tab")
    within = "document.querySelector('main').contains(document.activeElement)"
    assert await tab.evaluate(within)


async def test_without_scripts_from_a_lesson_to_the_cases_behind_a_number(
    looking: Looking,
) -> None:
    looked = await looking.at(CHARTED, scripts=False)
    tab = looked.page
    try:
        figures = tab.get_by_role("table", name="Figures")
        await figures.get_by_role("link", name="Complete at first sending").click()
        await tab.get_by_label("By", exact=True).select_option("sex")
        await tab.get_by_role("button", name="Apply filters").click()
        await expect(tab.get_by_role("table", name="Groups by sex")).to_be_visible()
        months = tab.get_by_role("table", name="Month by month")
        missed = months.get_by_role("row").nth(1).get_by_role("cell").nth(2)
        number = await missed.inner_text()
        await missed.get_by_role("link").click()
        await expect(tab.get_by_role("status").first).to_contain_text(f"{number} case")
        await tab.get_by_role("button", name="Sign out").focus()
    finally:
        await tab.close()


async def test_without_scripts_filters_stand_in_the_address_and_can_be_taken_away(
    looking: Looking,
) -> None:
    looked = await looking.at(Page("dashboards", "/gaps", "qa-reviewer"), scripts=False)
    tab = looked.page
    try:
        await tab.get_by_label("State").select_option("closed")
        await tab.get_by_role("button", name="Apply filters").click()
        await expect(tab.get_by_role("status").first).to_contain_text("0 gaps")
        assert "state=closed" in tab.url
        await tab.get_by_role("link", name="Remove Closed").click()
        assert "state" not in tab.url
    finally:
        await tab.close()


async def test_on_paper_every_page_is_marked_tables_are_open_and_say_no_addresses(
    looking: Looking,
) -> None:
    looked = await looking.at(CHARTED)
    try:
        printed = PdfReader(io.BytesIO(await looked.page.pdf(format="A4")))
    finally:
        await looked.page.close()
    pages = [page.extract_text() for page in printed.pages]
    assert all("OFFICIAL-SENSITIVE" in page for page in pages)
    whole = "\n".join(pages)
    assert "Lower limit" in whole  # of the table within the closed details
    assert "/measures/" not in whole
    assert "Apply filters" not in whole


@pytest.mark.parametrize("listed", [START, CHARTED], ids=str)
async def test_in_colours_of_ones_own_pictures_can_be_read(looking: Looking, listed: Page) -> None:
    assert any(one.path == listed.path for one in PAGES)
    looked = await looking.at(listed)
    try:
        await looked.page.emulate_media(forced_colors="active")
        assert await seen.pictures(looked.page) == []
    finally:
        await looked.page.close()


async def test_on_paper_what_is_published_carries_no_marking(looking: Looking) -> None:
    published = [one for one in PAGES if one.path.startswith("/published")]
    assert published
    for listed in published:
        looked = await looking.at(listed)
        try:
            printed = PdfReader(io.BytesIO(await looked.page.pdf(format="A4")))
        finally:
            await looked.page.close()
        assert all("OFFICIAL" not in page.extract_text() for page in printed.pages)
