"""What people do at the desks, in a real browser: by keyboard alone, and without any script."""

import re
from pathlib import Path
from typing import Final

import httpx
import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.access.faces import work_off
from tests.access.world import World
from tests.browser.looking import Looking
from tests.browser.registry import Page as Listed
from tests.services.intake.filled import as_csv, row

MOST_STOPS: Final = 250
AGENCY: Final = Listed("dashboards", "/agency", "norfolk-school")
QUEUE: Final = Listed("dashboards", "/queue", "police-supervisor")
REFERRAL: Final = Listed(
    "dashboards", "/agency/referrals/{receipt}", "norfolk-voluntary",
    values={"receipt": "$receipt"},
)  # fmt: skip
MARK: Final = "Quillfeather"


@pytest.fixture(params=[True, False], ids=["by keyboard", "without scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    """With scripts everything is done by keyboard alone."""
    found: bool = request.param
    return found


async def tab_to(page: Page, wanted: str) -> None:
    """Go on by the Tab key until what is wanted has the focus."""
    for _ in range(MOST_STOPS):
        await page.keyboard.press("Tab")
        if await page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"no way by keyboard to {wanted}")


async def press(page: Page, wanted: str, *, scripts: bool) -> None:
    """Press a button or follow a link."""
    if not scripts:
        await page.locator(wanted).first.click()
        return
    await tab_to(page, wanted)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def take(page: Page, wanted: str, *, scripts: bool) -> None:
    """Follow a link that leads to a file, and so to no other page."""
    if not scripts:
        await page.locator(wanted).first.click()
        return
    await tab_to(page, wanted)
    await page.keyboard.press("Enter")


def text_of(file: Path) -> str:
    """What is in a file that was taken away."""
    return file.read_text("utf-8-sig")


async def write(page: Page, wanted: str, text: str, *, scripts: bool) -> None:
    """Write into a field."""
    if not scripts:
        await page.locator(wanted).fill(text)
        return
    await tab_to(page, wanted)
    await page.keyboard.type(text)


async def choose(page: Page, name: str, value: str, *, scripts: bool) -> None:
    """Choose one of a few: by keyboard the first is reached by Tab, the others by arrows."""
    wanted = f"input[name={name}][value={value}]"
    if not scripts:
        await page.locator(wanted).check()
        return
    await tab_to(page, f"input[name={name}]")
    await page.keyboard.press("Space")
    for _ in range(10):
        if await page.locator(wanted).is_checked():
            return
        await page.keyboard.press("ArrowDown")
    raise AssertionError(f"no way by keyboard to {value}")


async def select(page: Page, wanted: str, value: str, *, scripts: bool) -> None:
    """Choose one of many, by the first letters of its words."""
    if scripts:
        await tab_to(page, wanted)
        words = await page.locator(f"{wanted} option[value={value}]").inner_text()
        await page.keyboard.type(words)
        assert await page.locator(wanted).input_value() == value
    else:
        await page.locator(wanted).select_option(value)


async def test_a_referral_is_made_and_warned_of_and_sent(
    looking: Looking, *, scripts: bool
) -> None:
    page = (await looking.at(AGENCY, scripts=scripts)).page
    try:
        await press(page, "form[action='/agency/referrals'] button", scripts=scripts)
        await expect(page.locator("h1")).to_have_text("How urgent is it?")
        await press(page, "button[value=next]", scripts=scripts)  # nothing is chosen
        await expect(page.locator(".govuk-error-summary")).to_contain_text(
            "Choose how urgent it is"
        )
        await choose(page, "urgency", "immediate", scripts=scripts)
        await press(page, "button[value=next]", scripts=scripts)
        await write(page, "#local_id", "P-77", scripts=scripts)
        await press(page, "button[value=later]", scripts=scripts)  # and come back
        await expect(page.locator("h1")).to_have_text("Make a referral")
        await press(page, "a[href$='/why']", scripts=scripts)
        await write(page, "#why", "He came to school with a cut on his arm.", scripts=scripts)
        await press(page, "button[value=check]", scripts=scripts)
        await expect(page.locator(".app-alert").nth(1)).to_contain_text("Still missing")
        await press(page, "form[action$='/send'] button", scripts=scripts)
        await expect(page.locator(".govuk-panel")).to_contain_text(
            re.compile("RW-[0-9A-F]{4}-[0-9A-F]{4}")
        )
    finally:
        await page.close()


async def test_work_is_claimed_and_reviewed_from_the_queue(
    looking: Looking, objects: World, *, scripts: bool
) -> None:
    page = (await looking.at(QUEUE, scripts=scripts)).page
    work = f"/queue/{objects['norfolk-police'].gap_id}"
    try:
        await press(page, f"a[href='{work}']", scripts=scripts)
        await press(page, f"form[action='{work}/claim'] button", scripts=scripts)
        await expect(page.locator("main")).to_contain_text("You, until")
        await choose(page, "outcome", "returned", scripts=scripts)
        await press(page, f"form[action='{work}/review'] button", scripts=scripts)
        await expect(page.locator(".govuk-error-summary")).to_contain_text("Say why")
        await write(page, "#rationale", "Nobody asked about exploitation.", scripts=scripts)
        await select(page, "#role", "supervisor", scripts=scripts)
        await press(page, f"form[action='{work}/review'] button", scripts=scripts)
        await expect(page.locator(".app-alert")).to_contain_text("Your review is on record")
    finally:
        await page.close()


async def test_a_gap_is_answered_by_who_owes_it(
    looking: Looking, objects: World, *, scripts: bool
) -> None:
    page = (await looking.at(Listed("dashboards", "/queue", "norfolk-csc"), scripts=scripts)).page
    work = f"/queue/{objects['norfolk-csc'].gap_id}"
    try:
        await press(page, f"a[href='{work}']", scripts=scripts)
        await choose(page, "answer", "explained", scripts=scripts)
        await write(page, "#reason", "The family could not be reached.", scripts=scripts)
        await select(page, "#answer-role", "social-worker", scripts=scripts)
        await press(page, f"form[action='{work}/answer'] button", scripts=scripts)
        await expect(page.locator(".app-alert")).to_contain_text("Your answer is on record")
    finally:
        await page.close()


async def test_a_file_is_uploaded_and_what_became_of_each_row_is_seen_and_taken_away(
    looking: Looking, clients: dict[str, httpx.AsyncClient], *, scripts: bool
) -> None:
    upload = Listed("dashboards", "/agency/uploads", "norfolk-school")
    page = (await looking.at(upload, scripts=scripts)).page
    bad = row(referral_ref="R-bad", urgency=MARK, harms=MARK, child__family_name=MARK)
    content = as_csv([row(referral_ref=f"R-browser-{scripts}"), bad])
    try:
        await press(page, "form[enctype] button", scripts=scripts)
        await expect(page.locator(".govuk-error-summary")).to_contain_text("Choose a file")
        await select(page, "#type", "referral", scripts=scripts)
        file = FilePayload(name="rows.csv", mimeType="text/csv", buffer=content)
        await page.locator("#file").set_input_files(file)
        await press(page, "form[enctype] button", scripts=scripts)
        await expect(page.locator("h1")).to_have_text("What became of your file")
        await expect(page.locator("main [role=status]")).to_contain_text("It is being read")
        await work_off(clients)
        await press(page, "main [role=status] a", scripts=scripts)
        await expect(page.locator("main [role=status]")).to_contain_text("Read to its end")
        rows = page.locator("#rows tbody tr")
        await expect(rows.nth(0)).to_contain_text("Accepted")
        await expect(rows.nth(1)).to_contain_text("Rejected")
        for fault in ("urgency:", "harms:"):
            await expect(rows.nth(1)).to_contain_text(fault)
        assert MARK not in await page.content()
        async with page.expect_download() as taken:
            await take(page, "a[href$='/rows.csv']", scripts=scripts)
        told = text_of(await (await taken.value).path())
        assert "OFFICIAL-SENSITIVE" in told
        assert "Rejected" in told
        assert MARK not in told
    finally:
        await page.close()


async def test_a_referral_is_taken_back_after_a_look_at_what_is_said(
    looking: Looking, objects: World, *, scripts: bool
) -> None:
    page = (await looking.at(REFERRAL, scripts=scripts)).page
    place = f"/agency/referrals/{objects['norfolk-voluntary'].receipt}/withdraw"
    form = f"form[action='{place}'] button"
    try:
        await press(page, f"a[href='{place}']", scripts=scripts)
        await press(page, f"{form}[value=check]", scripts=scripts)  # nothing is said
        await expect(page.locator(".govuk-error-summary")).to_contain_text("Choose why")
        await choose(page, "way", "withdrawn", scripts=scripts)
        await write(page, "#reason", "It is about another child.", scripts=scripts)
        await select(page, "#role", "other", scripts=scripts)
        await press(page, f"{form}[value=check]", scripts=scripts)
        await expect(page.locator("main")).to_contain_text("It is about another child.")
        await press(page, f"{form}[value=change]", scripts=scripts)
        await choose(page, "way", "error", scripts=scripts)
        await press(page, f"{form}[value=check]", scripts=scripts)
        await expect(page.locator("main")).to_contain_text("It was sent in error")
        await press(page, f"{form}[value=send]", scripts=scripts)
        await expect(page.locator(".app-alert")).to_contain_text("in error is on record")
    finally:
        await page.close()


async def test_a_form_that_is_sent_again_after_going_back_says_that_it_was_sent(
    looking: Looking, *, scripts: bool
) -> None:
    page = (await looking.at(AGENCY, scripts=scripts)).page
    try:
        await press(page, "form[action='/agency/referrals'] button", scripts=scripts)
        await choose(page, "urgency", "standard", scripts=scripts)
        await press(page, "button[value=check]", scripts=scripts)
        checked = page.url
        await press(page, "form[action$='/send'] button", scripts=scripts)
        await expect(page.locator(".govuk-panel")).to_be_visible()
        answer = await page.go_back()
        assert answer is None or answer.status == 404
        await page.goto(checked)
        await expect(page.locator("h1")).to_have_text("Page not found")
    finally:
        await page.close()
