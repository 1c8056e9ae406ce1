"""Would the checks notice? Each is shown a page with one fault, and must say so."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from services.runtime.web import charts
from services.runtime.web.face import environment
from tests.browser import read, seen
from tests.browser.test_pages import invalid

GOOD = """\
<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>A page</title></head><body>
<header>Above</header><main><h1>A page</h1><p>Words</p>
<form><label for="a">A</label><input id="a"></form>{chart}</main></body></html>"""
_POINTS = [
    charts.Point(f"{name} 2026", value, "c" if value is None else f"{value:.0f}%", 70, 60, 80)
    for name, value in (("Jan", 71.0), ("Feb", None), ("Mar", 69.0))
]
CHART = charts.spc(charts.Named("x", "In time", "No clear change."), _POINTS, "{:.0f}%".format)


def drawn() -> str:
    """A chart as pages show it."""
    part = environment(Path(__file__).parent).from_string(
        '{% import "app/parts.html" as part %}{{ part.chart(drawn) }}'
    )
    return part.render(drawn=CHART)


def page(chart: str | None = None) -> str:
    return GOOD.format(chart=drawn() if chart is None else chart)


def test_what_people_know_things_by_is_no_code() -> None:
    words = "<p>Referral R-norfolk-police, self-harm, seed QA-2026-03, /norfolk-police/cases.</p>"
    assert read.faults(page().replace("<p>Words</p>", words)) == []


def test_the_page_without_a_fault_passes() -> None:
    assert read.faults(page()) == []


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("<h1>A page</h1>", "<h1>A page</h1><h1>Another</h1>", "first headings"),
        ("<h1>A page</h1>", "<h1>A page</h1><h3>Deep</h3>", "level 3"),
        ("<title>A page</title>", "<title></title>", "no title"),
        ("<p>Words</p>", '<p style="color: red">Words</p>', "style"),
        ("<p>Words</p>", "<p>GOV.UK</p>", "not ours"),
        ("<p>Words</p>", '<a href="/x">here</a>', "says only"),
        *(
            ("<p>Words</p>", f"<p>Before, {code}.</p>", f"a code: {code}")
            for code in (
                "E10000020", "2026-03", "2026-03-01T09:00:00Z", "referral.made.v1", "Lesson: 4",
                "timeliness.decision_overdue", "decision.in-time", "norfolk-police", "MWBC",
                "sent_to", "no-further-action", "qa-reviewer",
            )
        ),
        ("<p>Words</p>", '<form method="post" action="/x"></form>', "no token"),
        ('<th scope="row"', "<th", "without a scope"),
        ('aria-label="Table: In time"', "", "no name"),
        ("<caption", "<caption hidden></caption><caption", "without a caption"),
        ("<desc", "<desc></desc><desc", "without a description"),
        ('data-value="69%"', 'data-value="70%"', "other values"),
        (">71%<", ">17%<", "other values"),
    ],
)  # fmt: skip
def test_a_page_with_a_fault_is_told(good: str, bad: str, said: str) -> None:
    seeded = page()
    assert good in seeded
    assert any(said in fault for fault in read.faults(seeded.replace(good, bad)))


def test_a_page_that_was_refused_says_so_in_its_title() -> None:
    assert read.faults(page(), status=422)
    assert not read.faults(page().replace("<title>", "<title>Error: "), status=422)


def test_the_validator_sees_a_page_that_is_not_html(tmp_path: Path, tools: None) -> None:
    del tools
    (tmp_path / "good.html").write_text(page())
    (tmp_path / "bad.html").write_text(page().replace("<p>Words</p>", "<p>Words<figure></p>"))
    assert invalid(tmp_path).keys() == {"bad.html"}


Check = Callable[[Page], Awaitable[list[str]]]


@pytest.mark.parametrize(
    ("good", "bad", "check"),
    [
        ('<label for="a">A</label>', "", seen.axe),
        ('lang="en"', "", seen.axe),
        ("<p>Words</p>", '<p style="color: #aaa; background: #fff">Words</p>', seen.axe),
        ("<p>Words</p>", '<p style="width: 3000px">Words</p>', seen.reflow),
        ("<p>Words</p>", '<a href="/" style="outline: none">Words</a>', seen.focus),
        ('class="c-quiet" fill="#505a5f"', 'class="c" fill="#ccc"', seen.pictures),
        ('font-size="14"', 'font-size="4"', seen.pictures),
        ('text-anchor="end"', 'text-anchor="start" dx="900"', seen.pictures),
        (">Upper 80%<", ' dy="136">Upper 80%<', seen.pictures),
    ],
)  # fmt: skip
async def test_a_browser_sees_a_fault(chromium: Browser, good: str, bad: str, check: Check) -> None:
    seeded = page()
    assert good in seeded
    opened = await chromium.new_page()
    try:
        for content, wrong in ((seeded, False), (seeded.replace(good, bad), True)):
            await opened.set_content(content)
            await seen.bring_axe(opened)
            found = await check(opened)
            assert bool(found) is wrong, found
    finally:
        await opened.close()


@pytest.mark.parametrize(
    ("bad", "way"),
    [
        (
            '<p style="height: 1.2em; line-height: 1; overflow: hidden">Words</p>',
            "spaced out, light",
        ),
        ('<p style="width: 660px">Words</p>', "twice the size"),
        ('<p style="width: 900px">Words</p>', "paper"),
        ('<p class="app-filter">Words</p>', "paper"),
        ('<p class="app-badge">Words</p>', "own colours"),
    ],
)
async def test_a_browser_sees_a_fault_of_paper_size_spacing_or_colours(
    chromium: Browser, bad: str, way: str
) -> None:
    opened = await chromium.new_page()
    try:
        await opened.set_content(page())
        assert await seen.elsewise(opened) == {}
        await opened.set_content(page().replace("<p>Words</p>", bad))
        assert way in await seen.elsewise(opened)
    finally:
        await opened.close()
