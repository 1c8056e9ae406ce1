"""Is the same in every format: table = CSV = XLSX = ODS = JSON, of every measure, hidden or not?"""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from odf.opendocument import load
from odf.table import Table as Sheet
from odf.table import TableCell, TableRow

from services.dashboards.measure_counts import Count, Shown
from services.dashboards.measure_files import WRITERS
from services.dashboards.measure_tables import FIGURE, Book, book, tables
from services.dashboards.measures import answer
from services.dashboards.measures_question import MeasureQuestion
from services.domain.measures.catalogue import CATALOGUE
from services.domain.measures.definition import Measure
from services.domain.measures.months import Month, Period
from services.runtime.contracts import Contracts

NOW = datetime(2026, 11, 26, tzinfo=UTC)
PERIOD = Period(Month(2026, 1), Month(2026, 6))
RELEASE = {"number": 3, "made_at": "x", "known_at": "x", "not_published": []}
HIDDEN: Count = {"units": "c", "met": "c", "missing": 0, "not_judged": "c"}
PARTLY: Count = {"units": 40, "met": "c", "missing": 0, "not_judged": 0}


def count(units: int, met: int) -> Count:
    return {"units": units, "met": met, "missing": 7, "not_judged": 0}


def answered(measure: Measure, contracts: Contracts, by: str, basis: Any) -> dict[str, Any]:  # noqa: ANN401 - live or release
    groups = ("Female", "Male", "=cmd|'/C calc'!A1") if by == "sex" else ("norfolk-csc", "-agency")
    counts = (count(60, 30), count(90, 81), HIDDEN)
    months = {month: count(50 + place, 20 + 4 * place) for place, month in enumerate(PERIOD)}
    if basis == "release":
        months |= {Month(2026, 2): HIDDEN, Month(2026, 3): PARTLY}
        del months[Month(2026, 4)]
    shown = Shown(
        basis=basis, period=PERIOD, as_of=NOW, known_at=NOW, beyond=False, why="why",
        release=RELEASE if basis == "release" else None,
        months=months, rows={(name,): one for name, one in zip(groups, counts, strict=False)},
        rows_period=PERIOD,
    )  # fmt: skip
    asked = MeasureQuestion.model_validate({"by": by})
    names = {"agency": {"norfolk-csc": "Norfolk children's services"}}
    return answer(measure, shown, asked, contracts.reading(), names)


def written(made: Book, kind: str) -> bytes:
    return WRITERS[kind][1](made)


def from_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def from_xlsx(content: bytes) -> dict[str, list[list[Any]]]:
    found = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in found:
        assert not sheet.merged_cells.ranges
        assert list(sheet.tables) == [sheet.title]
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in found
    }


def from_ods(content: bytes) -> dict[str, list[list[Any]]]:
    found = {}
    for sheet in load(io.BytesIO(content)).spreadsheet.getElementsByType(Sheet):
        found[sheet.getAttribute("name")] = [
            [_ods(cell) for cell in row.getElementsByType(TableCell)]
            for row in sheet.getElementsByType(TableRow)
        ]
    return found


def _ods(cell: Any) -> Any:  # noqa: ANN401 - odfpy has no types
    if cell.getAttribute("valuetype") == "float":
        return float(cell.getAttribute("value"))
    return "".join(str(part) for part in cell.childNodes)


@pytest.fixture(scope="session")
def contracts() -> Contracts:
    from services.runtime.settings import REPOSITORY  # noqa: PLC0415 - once

    return Contracts.load(REPOSITORY / "schemas")


@pytest.mark.parametrize("basis", ["live", "release"])
@pytest.mark.parametrize("measure", CATALOGUE, ids=lambda measure: measure.id)
def test_every_format_says_the_same(measure: Measure, basis: str, contracts: Contracts) -> None:
    for by in ("sex", "agency"):
        said = answered(measure, contracts, by, basis)
        made = book(said)
        lines = from_csv(written(made, "csv"))
        xlsx, ods = from_xlsx(written(made, "xlsx")), from_ods(written(made, "ods"))
        for table in made.tables:
            start = lines.index([table.title]) + 1
            body = lines[start + 1 : start + 1 + len(table.rows)]
            assert lines[start] == list(table.columns)
            assert [[cell.removeprefix("'") for cell in line] for line in body] == [
                [str(cell) for cell in row] for row in table.rows
            ]
            for sheets in (xlsx, ods):
                header, *rows = sheets[f"Table_{table.name}"]
                assert header == list(table.columns)
                assert rows == [list(row) for row in table.rows]
        _as_the_answer(said, made)


def _as_the_answer(said: dict[str, Any], made: Book) -> None:
    """Compare the tables with the JSON."""
    by_name = {table.name: table for table in made.tables}
    named = 1 + len(said["names"])
    for name, key, width in (("Months", "months", 1), ("Groups", "rows", named)):
        assert len(by_name[name].rows) == len(said[key])
        for row, item in zip(by_name[name].rows, said[key], strict=True):
            for figure, cell in zip(FIGURE, row[width:], strict=False):
                assert cell == item[figure] or (item[figure] is None and cell in {"x", "z"})


def test_what_is_hidden_is_hidden_in_every_cell_made_of_it(contracts: Contracts) -> None:
    said = answered(CATALOGUE[0], contracts, "sex", "release")
    hidden = [row for row in said["months"] if row["suppressed"]]
    assert [row["month"] for row in hidden] == ["2026-02", "2026-03"]
    assert {row["value"] for row in hidden} == {"c"}
    assert {row["high"] for row in hidden} == {"c"}
    assert hidden[1]["denominator"] == 40
    assert said["total"]["numerator"] is None
    assert "not published" in said["sentences"][0]
    assert [point["month"] for point in said["spc"]["points"]] == ["2026-01", "2026-05", "2026-06"]
    assert said["spc"]["left_out"] == 3


def test_the_file_says_what_it_is_and_runs_nothing(contracts: Contracts) -> None:
    made = book(answered(CATALOGUE[0], contracts, "sex", "live"))
    assert {"Marking", "As of (UTC)", "Known at (UTC)", "From", "To", "Hidden numbers"} <= dict(
        made.cover
    ).keys()
    text = written(made, "csv").decode("utf-8-sig")
    assert "OFFICIAL-SENSITIVE" in text
    assert "'=cmd" in text
    sheet = openpyxl.load_workbook(io.BytesIO(written(made, "xlsx")))["Table_Groups"]
    assert [cell.data_type for cell in sheet["A"]] == ["s"] * 4


def test_groups_are_set_beside_their_comparator_or_in_the_funnel(contracts: Contracts) -> None:
    rows = answered(CATALOGUE[0], contracts, "sex", "live")["rows"]
    assert rows[1]["relative"]["standing"] == "comparator"
    assert rows[0]["relative"]["value"] == pytest.approx(0.5 / 0.9)
    rows = answered(CATALOGUE[0], contracts, "agency", "live")["rows"]
    assert rows[1]["funnel"]["place"].startswith("above")
    (groups,) = (
        table
        for table in tables(answered(CATALOGUE[0], contracts, "agency", "live"))
        if table.name == "Groups"
    )
    beside = dict(zip(groups.columns, groups.rows[1], strict=True))
    assert beside["Place in funnel"] == rows[1]["funnel"]["place"]
    assert beside["Agency name"] == "-agency"
    assert groups.rows[0][:2] == ("norfolk-csc", "Norfolk children's services")
    others = rows[1]["others"]
    assert beside["Difference from all others"] == others["difference"]
    assert others["sentence"].startswith("Clearly better: ")
