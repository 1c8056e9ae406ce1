"""Without scripts: from an inspection that comes in to a response that everybody can read."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from playwright.async_api import Page

from services.domain.moments import london_day
from services.runtime import clock
from tests.browser.looking import Looking
from tests.browser.served import Served

TODAY: Final = london_day(clock.now())
BEFORE: Final = TODAY - timedelta(days=20)
STEPS: Final = ("chief-officer", "panel", "inspectorate", "secretary-of-state", "published")


async def said(page: Page) -> str:
    """Read the summary of what is wrong."""
    return await page.locator(".govuk-error-summary").inner_text()


async def send(page: Page, form: str, **fields: str) -> None:
    """Fill a form in and send it."""
    for name, value in fields.items():
        await page.locator(f"#{form}-{name}").fill(value)
    await page.locator(f"#{form} button[type=submit]").click()


async def opened(page: Page) -> None:
    """Open what is folded: no script does it."""
    folded = page.locator("main details:not([open]) > summary")
    while await folded.count():
        await folded.first.click()


async def test_an_inspection_is_answered_step_by_step_and_published(  # noqa: PLR0915 - one journey
    looking: Looking, sites: Mapping[str, Served]
) -> None:
    home = sites["responses"].url
    editor = await looking.context("pcc-editor", scripts=False)
    page = await editor.new_page()
    await page.goto(f"{home}/inspections/new")
    await send(page, "new", title="", published_on=BEFORE.isoformat())
    assert "Error: " in await page.title()
    assert "Fill this in" in await said(page)
    await send(
        page, "new", title="A journey: an invented report", inspectorates="Ofsted\nHMICFRS",
        published_on=BEFORE.isoformat(), forces="All forces",
        stated_deadline_on=(BEFORE + timedelta(days=56)).isoformat(),
        link="https://www.example.org/report", item_text="Train everybody.",
        key_findings="They found:\n\n- one thing",
    )  # fmt: skip
    place = page.url
    response_id = re.sub(r".*/", "", place)
    assert re.fullmatch(r"[0-9a-f]{32}", response_id), await page.content()
    text = await page.locator("main").inner_text()
    assert "1 day later than the Act" in text

    # Nothing is sent, signed or published out of its order, and the page says what comes first.
    await page.goto(f"{place}/office")
    await opened(page)
    for step in STEPS:
        await opened(page)
        await send(page, f"done-{step}", reference="Too soon")
        assert "not signed off" in await said(page)
    # What was entered wrongly is changed, and what it was stays on the page.
    await opened(page)
    await send(page, "about", title="", published_on="")
    assert "Fill this in" in await said(page)
    assert "Enter a day" in await said(page)
    await send(
        page, "about", title="A journey: the report", published_on=BEFORE.isoformat(),
        stated_deadline_on="",
    )  # fmt: skip
    changed = await page.locator("#amended tbody tr").all_inner_texts()
    assert len(changed) == 2, changed
    assert "A journey: an invented report" in changed[0]
    assert changed[1].endswith("none")
    await page.goto(place)
    await send(page, "opening", text="Too soon.")
    assert "Invite the Chief Constable first" in await said(page)
    assert await page.locator("#opening-text").input_value() == "Too soon."

    await send(page, "invite", comments_by=TODAY.isoformat(), means="Letter 12")
    await send(page, "opening", text="I have read the report.\n\n- with care")
    await send(page, "submit")
    assert "Recommendation 1 has no explanation" in await said(page)
    await send(page, "comment-item-1", text="All will be trained by May.")
    await opened(page)
    await send(page, "action-item-1", text="Train them.", owner="Head of training")
    await send(page, "submit")
    assert "may comment until" in await said(page)
    await send(page, "answer", text="We agree with it.")

    # A figure: its measure is asked of the dashboards, which this rig does not run with figures.
    await page.locator("a", has_text="Insert a figure").first.click()
    assert "Insert a figure" in await page.title()
    await page.goto(place)
    await send(page, "submit")
    assert "Waits to be signed off" in await page.locator("main").inner_text()

    await page.goto(f"{place}/office")
    await send(page, "sign")
    assert "Another person must sign off" in await said(page)
    approver = await looking.context("pcc-approver", scripts=False)
    signing = await approver.new_page()
    await signing.goto(f"{place}/office")
    await send(signing, "sign")
    assert "Signed off, not published" in await signing.locator("main").inner_text()
    await signing.close()

    for name, begins in (
        ("html", b"<!DOCTYPE"),
        ("pdf", b"%PDF-"),
        ("docx", b"PK"),
        ("odt", b"PK"),
    ):
        answer = await editor.request.get(f"{place}/document.{name}")
        assert answer.ok
        assert (await answer.body()).startswith(begins)
    assert "OFFICIAL-SENSITIVE" in await (await editor.request.get(f"{place}/document.html")).text()

    await page.goto(f"{place}/office")
    await opened(page)
    await send(page, "done-published", reference="Too soon")
    assert "First: “Response forwarded to the Chief Constable.”" in await said(page)
    anybody = await looking.context(None, scripts=False)
    assert (await anybody.request.get(f"{home}/published/{response_id}")).status == 404
    for step in STEPS:
        await page.goto(f"{place}/office")
        await opened(page)
        await send(page, f"done-{step}", reference=f"Reference of {step}")
    assert "Published" in await page.locator("main").inner_text()

    read = await anybody.new_page()
    await read.goto(f"{home}/published")
    await read.locator("a", has_text="A journey: the report").click()
    text = await read.locator("main").inner_text()
    assert "All will be trained by May." in text
    assert "We agree with it." in text
    assert "OFFICIAL-SENSITIVE" not in await read.content()
    assert response_id in await (await anybody.request.get(f"{home}/published/feed.atom")).text()
    await page.goto(place)
    assert await page.locator("form#opening").count() == 0
    await page.goto(f"{home}/promises")
    assert "Train them." in await page.locator("main").inner_text()
    await read.close()
    await page.close()
