"""Of every measure: picture = table = CSV = XLSX = ODS = JSON, and lists as long as numbers.

On what a small county was judged to, for who sees cases and for the office, which is shown a
release with hidden cells.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any, Final
from urllib.parse import parse_qsl

import asyncpg
import pytest
from lxml import etree, html

from services.dashboards.measure_tables import FIGURE
from services.domain.measures.catalogue import CATALOGUE
from services.domain.measures.definition import Measure
from tests.demo.lives_judged import policy
from tests.services.conftest import Dsn, fresh_database
from tests.services.dashboards.conftest import Ask
from tests.services.dashboards.test_measure_files import from_csv, from_ods, from_xlsx
from tests.services.dashboards.test_measures import released
from tests.services.ledger.county import Live, told

READERS: Final = ("qa-reviewer", "pcc-analyst")
MONTHS: Final = {"from": "2025-07", "to": "2026-01"}
MADE: Final = datetime(2026, 2, 10, tzinfo=UTC)
SHAPES: Final = {"sex": "bars", "area": "funnel"}
SVG: Final = "{http://www.w3.org/2000/svg}"
Figure = dict[str, Any]


@pytest.fixture(scope="module")
async def judged(postgres_port: int, template: str) -> AsyncIterator[Dsn]:
    """A county that was judged, and published once."""
    async with fresh_database(postgres_port, template) as dsn:
        async with (
            asyncpg.create_pool(dsn("chronology"), min_size=1, max_size=4) as chronology,
            asyncpg.create_pool(dsn("ledger"), min_size=1) as ledger,
        ):
            live = Live(chronology, ledger, policy())
            await live.hear(told())
            await live.judge_due()
        await released(dsn, MADE)
        yield dsn


@pytest.fixture
def dsn(judged: Dsn) -> Dsn:
    """The same database for every test here: nothing is changed in it."""
    return judged


class Looked:
    """A measure's page, and the files that it leads to."""

    def __init__(self, page: str) -> None:
        self.tree = html.fromstring(page)

    def table(self, name: str) -> list[list[str]]:
        """The text of a table's cells, without its head."""
        return [
            [" ".join(cell.text_content().split()) for cell in row.xpath("./th | ./td")]
            for row in self.tree.xpath(f"//table[@id='{name}']/tbody/tr")
        ]

    def links(self, *within: str) -> Iterator[tuple[int, str]]:
        """Every number that leads to a list."""
        for name in within:
            for link in self.tree.xpath(
                f"//table[@id='{name}']//td//a[contains(@href, '/cases?')]"
            ):
                yield int(link.text_content()), link.get("href")

    def files(self) -> dict[str, str]:
        """Where each format is; of pictures the months' and the groups'."""
        found = {}
        for place in self.tree.xpath("//main//a[contains(@href, 'format=')]/@href"):
            asked = dict(parse_qsl(place.partition("?")[2]))
            kind = asked["format"]
            found["groups.svg" if kind == "svg" and "by" in asked else kind] = place
        return found

    def pictures(self, name: str) -> list[list[str]]:
        """The values that the pictures of a chart show, of each width."""
        return [
            svg.xpath(".//@data-value")
            for svg in self.tree.xpath(
                f"//section[@aria-labelledby='{name}-heading']/*[name()='svg']"
            )
        ]


def written(figure: Figure, key: str) -> str:
    """How a page writes a figure: found out here by itself."""
    value = figure[key]
    if value == "c":
        return "c"
    if key in {"value", "low", "high"}:
        if value is None:
            return ":" if figure["denominator"] is not None else "not published"
        return f"{value * 100:.1f}%"
    return "not published" if value is None else str(value)


def missed(figure: Figure) -> str:
    met, units = figure["numerator"], figure["denominator"]
    if "c" in {met, units}:
        return "c"
    return "not published" if None in {met, units} else str(units - met)


def shown(figures: list[Figure]) -> list[str]:
    """The shares that a picture has a mark for."""
    return [written(each, "value") for each in figures if isinstance(each["value"], float)]


def drawn_of(figures: list[Figure]) -> list[list[str]]:
    """What the pictures show, one of each width; where there is nothing to show there is none."""
    return [marks, marks] if (marks := shown(figures)) else []


async def fetched(ask: Ask, persona: str, place: str) -> Any:  # noqa: ANN401 - an answer
    path, _, query = place.partition("?")
    answer = await ask(persona, path, **dict(parse_qsl(query)))
    assert answer.status_code == 200, answer.text
    return answer


def as_page(looked: Looked, said: dict[str, Any], by: str) -> None:
    """Compare what stands on the page with the JSON."""
    assert [row[1:] for row in looked.table("months")] == [
        [written(m, "value"), written(m, "numerator"), missed(m), written(m, "denominator"),
         written(m, "missing"), written(m, "not_judged")]
        for m in reversed(said["months"])
    ]  # fmt: skip
    assert [row[1:7] for row in looked.table("years")] == [
        [written(y, "value"), written(y, "numerator"), missed(y), written(y, "denominator"),
         written(y, "missing"), written(y, "not_judged")]
        for y in reversed(said["years"])
    ]  # fmt: skip
    own = said["measure"]["id"].replace(".", "-")
    assert [row[1] for row in looked.table(f"{own}-table")] == [
        written(m, "value") for m in said["months"]
    ]
    assert looked.pictures(own) == drawn_of(said["months"])
    names = said["names"].get(by, {})
    called = [names.get(row["group"][by], row["group"][by]) for row in said["rows"]]
    keys = ("value", "numerator", "denominator")
    groups = looked.table("groups")
    assert [row[:4] for row in groups] == [
        [name, *(written(row, key) for key in keys)]
        for name, row in zip(called, said["rows"], strict=True)
    ]
    for cells, row in zip(groups, said["rows"], strict=True):
        if row["value"] is not None:
            assert cells[4:6] == [written(row, "low"), written(row, "high")]
        assert cells[6:] == [written(row, "missing"), written(row, "not_judged")]
    if not said["rows"]:
        return
    drawn = looked.table(f"by-{by}-table")
    assert [row[:2] for row in drawn] == [row[:2] for row in groups]
    if SHAPES[by] == "funnel":
        assert [row[2] for row in drawn] == [row[3] for row in groups]
    assert looked.pictures(f"by-{by}") == drawn_of(said["rows"])


def as_files(said: dict[str, Any], contents: dict[str, bytes]) -> None:
    """Compare the files' cells with one another, and with the JSON."""
    lines = from_csv(contents["csv"])
    xlsx, ods = from_xlsx(contents["xlsx"]), from_ods(contents["ods"])
    assert xlsx == ods
    names = {"Table_Periods": ": the period", "Table_Months": " by month",
             "Table_Years": " by complete financial year",
             "Table_Limits": ": the limits", "Table_Groups": f" by {said['by'][0]}"}  # fmt: skip
    for name, ends in names.items():
        (start,) = (
            n for n, line in enumerate(lines)
            if len(line) == 1 and line[0].startswith(said["measure"]["title"] + ends)
        )  # fmt: skip
        head, *rows = xlsx[name]
        assert lines[start + 1] == head
        assert [
            [number(cell) for cell in line] for line in lines[start + 2 : start + 2 + len(rows)]
        ] == rows
    figures = [said[name] for name in ("total", "period_before", "year_before")]
    for name, told_ in (
        ("Periods", figures), ("Months", said["months"]), ("Years", said["years"]),
        ("Groups", said["rows"]),
    ):  # fmt: skip
        head, *rows = xlsx[f"Table_{name}"]
        first = head.index("Numerator")
        assert len(rows) == len(told_)
        for row, figure in zip(rows, told_, strict=True):
            for cell, key in zip(row[first:], FIGURE, strict=False):
                assert cell == figure[key] or (figure[key] is None and cell in {"x", "z"})
    limits = [said["spc"][name] for name in ("mean", "low", "high", "target")]
    assert [row[1] for row in xlsx["Table_Limits"][1:]] == [
        "z" if each is None else each for each in limits
    ]


def number(cell: str) -> str | float:
    """Read a cell of CSV as a spreadsheet does."""
    try:
        return float(cell)
    except ValueError:
        return cell.removeprefix("'")


def stands_alone(content: bytes, said: dict[str, Any], figures: list[Figure]) -> None:
    """Look at a picture that was downloaded: all that it is stands in it, and nothing that runs."""
    tree = etree.fromstring(content)
    assert tree.findtext(f"{SVG}title", "").startswith(said["measure"]["title"])
    assert tree.findtext(f"{SVG}desc", "").endswith("OFFICIAL-SENSITIVE")
    assert tree.xpath("//@data-value") == shown(figures)
    words = " ".join(tree.xpath("//*[name()='text']/text()"))
    for told_ in (
        "OFFICIAL-SENSITIVE", said["measure"]["title"], said["measure"]["denominator"],
        said["measure"]["numerator"], said["suppression"]["why"], f"From: {said['from']}",
        f"To: {said['to']}", f"As of (UTC): {said['as_of']}", f"Known at (UTC): {said['known_at']}",
    ):  # fmt: skip
        assert told_ in words
    elements = {element.tag.removeprefix(SVG) for element in tree.iter()}
    assert elements <= {"svg", "title", "desc", "rect", "g", "text", "polyline", "circle", "path"}
    assert not tree.xpath("//@style | //@href | //@*[starts-with(name(), 'on')]")
    assert all(element.get("fill") for element in tree.iter(f"{SVG}text", f"{SVG}rect"))


@pytest.mark.parametrize("measure", CATALOGUE, ids=lambda measure: measure.id)
async def test_picture_table_and_every_file_say_the_same(ask: Ask, measure: Measure) -> None:
    for persona, by in product(READERS, SHAPES):
        await _the_same(ask, measure, persona, by)


async def _the_same(ask: Ask, measure: Measure, persona: str, by: str) -> None:
    page = await ask(persona, f"/measures/{measure.id}", by=by, **MONTHS)
    looked = Looked(page.text)
    files = looked.files()
    answers = {kind: await fetched(ask, persona, place) for kind, place in files.items()}
    said = answers["json"].json()
    assert said["basis"] == ("release" if persona == "pcc-analyst" else "live")
    as_page(looked, said, by)
    as_files(said, {kind: answer.content for kind, answer in answers.items()})
    for kind, figures in (("svg", said["months"]), ("groups.svg", said["rows"])):
        assert (kind in files) == bool(shown(figures))
        if kind in files:
            stands_alone(answers[kind].content, said, figures)
    if said["rows"]:
        period = said["rows_period"]
        of = f"Groups are of: {period['from']} to {period['to']}"
        assert "groups.svg" not in files or of in answers["groups.svg"].text
        assert of.replace(": ", ",") in answers["csv"].text


async def test_what_is_compared_is_worth_it(ask: Ask) -> None:
    """Most measures count somebody, and the office is shown cells and is not shown others."""
    counted, hidden, told_ = 0, 0, 0
    for measure in CATALOGUE:
        path = f"/api/v1/measures/{measure.id}"
        live = (await ask("qa-reviewer", path, by="sex", **MONTHS)).json()
        counted += bool(live["total"]["denominator"])
        office = (await ask("pcc-analyst", path, by="sex", **MONTHS)).json()
        figures = [*office["months"], *office["rows"]]
        hidden += sum(figure["numerator"] == "c" for figure in figures)
        told_ += sum(isinstance(figure["value"], float) for figure in figures)
    assert counted > len(CATALOGUE) * 3 / 4
    assert hidden > 100
    assert told_ > 5


@pytest.mark.parametrize("measure", CATALOGUE, ids=lambda measure: measure.id)
async def test_every_list_is_as_long_as_itsnumber(ask: Ask, measure: Measure) -> None:
    by = "agency" if measure.lesson == "1" else "sex"
    asked = {"from": "2025-10", "to": "2026-01", "by": by}
    page = Looked((await ask("qa-reviewer", f"/measures/{measure.id}", **asked)).text)
    numbers = list(page.links("months", "years", "groups"))
    told_ = [cell for row in page.table("groups") for cell in (*row[2:4], *row[6:8]) if cell != "0"]
    assert [str(number) for number, place in numbers if f"{by}=" in place] == told_
    for number, place in numbers:
        found = (await fetched(ask, "qa-reviewer", f"/api/v1{place}&limit=500")).json()
        assert found["total"] == number
        assert len(found["items"]) + found["withheld"] == number
        assert found["next"] is None


async def test_a_case_leads_to_its_gap_and_to_its_child(ask: Ask) -> None:
    """To the gap of the rule that the measure counts by, of this child and nobody else."""
    seen = 0
    for measure in [each for each in CATALOGUE if each.rule]:
        path = f"/measures/{measure.id}/cases"
        asked = {"from": "2025-10", "to": "2026-01", "state": "missed"}
        cases = (await ask("qa-reviewer", f"/api/v1{path}", limit="25", **asked)).json()["items"]
        page = Looked((await ask("qa-reviewer", path, **asked)).text)
        links = page.tree.xpath("//table[@id='cases']//a/@href")
        assert [place for place in links if place.startswith("/children/")] == [
            f"/children/{case['child_ref']}" for case in cases
        ]
        named = [case for case in cases if case["gap_id"]]
        assert [place for place in links if place.startswith("/queue/")] == [
            f"/queue/{case['gap_id']}" for case in named
        ]
        assert len(named) == len(cases), measure.id
        for case in named[:2]:
            gap = await fetched(ask, "qa-reviewer", f"/queue/{case['gap_id']}")
            assert "How this was worked out" in gap.text
            listed = f"/api/v1/gaps?rule={measure.rule}&child_ref={case['child_ref']}"
            gaps = (await fetched(ask, "qa-reviewer", listed)).json()["items"]
            assert case["gap_id"] in {each["gap_id"] for each in gaps}
            seen += 1
    assert seen > 10
