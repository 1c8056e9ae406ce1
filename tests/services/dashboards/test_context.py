"""Are published tables loaded as they stand, and a county shown beside its region and England?"""

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html

from services.dashboards.load_published import figures_of, load
from services.domain.published import LEVELS, PLACES, TABLES, NotATable
from tests.services.dashboards.conftest import Ask

REAL = Path(__file__).resolve().parents[4] / "shared" / "data"
COLUMNS = TABLES["referrals-by-source"]
HEADER = ",".join((*PLACES, *COLUMNS))
ENGLAND = "2024,National,E92000001,England,,,,"
EAST = "2024,Regional,E92000001,England,E12000006,East of England,,"
COUNTY = "2024,Local authority,E92000001,England,E12000006,East of England,E10000020,Norfolk"
OTHER = "2024,Local authority,E92000001,England,E12000001,North East,E06000005,Darlington"


def file(*, county: str = "100,c,u,z,x,:,0,30,1,2,3,4") -> list[str]:
    numbers = ",".join(str(number) for number in range(1000, 1012))
    return [HEADER, f"{ENGLAND},{numbers}", f"{EAST},{numbers}", f"{COUNTY},{county}",
            f"{OTHER},{numbers}"]  # fmt: skip


def test_letters_never_become_numbers() -> None:
    county = {
        f.column: (f.number, f.shorthand) for f in figures_of(file()) if f.area == "E10000020"
    }
    assert county["Referrals"] == (100.0, None)
    assert [county[name] for name in COLUMNS[1:6]] == [
        (None, "c"), (None, "u"), (None, "z"), (None, "x"), (None, ":"),
    ]  # fmt: skip
    assert county["LA_Services"] == (0.0, None)


@pytest.mark.parametrize("county", ["100,?,0,0,0,0,0,0,0,0,0,0", "low,0,0,0,0,0,0,0,0,0,0,0"])
def test_what_cannot_be_read_is_named_by_its_place_and_never_by_its_value(county: str) -> None:
    with pytest.raises(NotATable) as refused:
        list(figures_of(file(county=county)))
    assert str(refused.value).startswith("line 4: ")
    assert "low" not in str(refused.value)


def test_the_departments_own_files_are_read_whole_where_they_are() -> None:
    files = sorted(REAL.glob("c[25]_*.csv"))
    for file_ in files:
        found = list(figures_of(file_.read_text(encoding="utf-8-sig").splitlines()))
        assert {figure.level for figure in found} == set(LEVELS)
        assert any(figure.shorthand for figure in found)
    if not files:
        print("not here:", REAL)  # noqa: T201 - said, as shared/data/README asks


def test_another_table_is_refused() -> None:
    with pytest.raises(NotATable, match="none of the tables"):
        list(figures_of(["a,b", "1,2"]))


async def test_the_county_stands_beside_its_region_and_england(
    ask: Ask, dsn: Callable[[str], str]
) -> None:
    assert (await ask("pcc-analyst", "/api/v1/context")).json()["lines"] == []
    for _ in range(2):
        await load(dsn("dashboards"), list(figures_of(file())))
    found = (await ask("pcc-analyst", "/api/v1/context")).json()
    assert (found["county"], found["region"]) == ("Norfolk", "East of England")
    assert [line["column"] for line in found["lines"]] == list(COLUMNS)
    individual = found["lines"][1]
    assert individual["county"] == {"number": None, "shorthand": "c"}
    assert individual["england"] == {"number": 1001.0, "shorthand": None}
    assert individual["region"] == individual["england"]
    assert found["shorthand"]["c"].startswith("hidden")


DURATIONS = ",".join((*PLACES, *TABLES["assessments-by-duration"]))


async def test_the_page_of_timeliness_shows_the_county_beside_england(
    ask: Ask, dsn: Callable[[str], str]
) -> None:
    page = (await ask("pcc-analyst", "/timeliness")).text
    assert "tables are not loaded here" in page
    durations = [
        DURATIONS,
        f"{ENGLAND},200,9,10,20,30,40,50,30,5,5,10,1,2,3",
        f"{EAST},100,9,10,20,30,c,10,10,5,5,10,1,2,3",
        f"{COUNTY},0,9,0,0,0,0,0,0,0,0,0,z,z,z",
    ]
    before = file(county="80,0,0,0,0,0,0,20,0,0,0,0")
    earlier = [line.replace("2024,", "2023,", 1) for line in before]
    for lines in (file(), earlier, durations):
        await load(dsn("dashboards"), list(figures_of(lines)))
    tree = html.fromstring((await ask("pcc-analyst", "/timeliness")).text)
    rows = [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th | ./td")]
        for row in tree.xpath("//table[@id='national']//tr")
    ]
    assert rows == [
        ["What", "Year", "Norfolk", "East of England", "England"],
        ["Referrals made by the police", "April 2023 to March 2024", "30.0% (30 of 100)",
         "100.7% (1,007 of 1,000)", "100.7% (1,007 of 1,000)"],
        ["Referrals made by the police", "April 2022 to March 2023", "25.0% (20 of 80)",
         "100.7% (1,007 of 1,000)", "100.7% (1,007 of 1,000)"],
        ["Assessments completed within 45 working days", "April 2023 to March 2024", ":", "c",
         "90.0% (180 of 200)"],
    ]  # fmt: skip
