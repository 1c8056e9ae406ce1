"""Is a dip sample the same on its page, as CSV, XLSX and ODS, with what it was drawn by?"""

from typing import Any

import httpx
import pytest
from lxml import html

from tests.domain.rules import build as b
from tests.services.dashboards.conftest import Ask
from tests.services.dashboards.test_dip_samples import Put, ask, graded, made, put
from tests.services.dashboards.test_measure_files import from_csv, from_ods, from_xlsx

__all__ = ["ask", "put"]
PATH = "/dip-samples/2026-03"
GIRL = {"age": 15, "sex": "F", "ethnicity": "BCRB"}


async def file(ask: Ask, what: str, kind: str, **query: str) -> httpx.Response:
    answer = await ask("qa-reviewer", f"{PATH}/{what}.{kind}", **query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    name = {"sample": "dip-sample", "agreement": "agreement"}[what]
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="{name}-2026-03-OFFICIAL-SENSITIVE.{kind}"'
    )
    return answer


async def files(ask: Ask, what: str, **query: str) -> tuple[list[list[str]], Any]:
    """The lines of the CSV, and the sheets of both spreadsheets, which are the same."""
    contents = [(await file(ask, what, kind, **query)).content for kind in ("csv", "xlsx", "ods")]
    xlsx = {
        name: [[cell or "" for cell in row] for row in rows]
        for name, rows in from_xlsx(contents[1]).items()
    }
    assert xlsx == from_ods(contents[2])
    return from_csv(contents[0]), xlsx


def texts(page: str, table: str) -> list[list[str]]:
    (found,) = html.fromstring(page).xpath(f"//table[@id='{table}']/tbody")
    return [[cell.text_content().strip() for cell in row.xpath("./th | ./td")] for row in found]


async def test_a_sample_is_the_same_on_its_page_and_in_every_file(ask: Ask, put: Put) -> None:
    nothing = b.decided("2026-03-09 09:00", referral_ref="R-1", decision="no-further-action")
    await put("child-a", made(1, unit="general-cid", child=GIRL), nothing)
    await put("child-b", made(2))
    page = (await ask("qa-reviewer", PATH, seed="QA-1")).text
    told = (await ask("qa-reviewer", f"/api/v1{PATH}", seed="QA-1")).json()
    lines, sheets = await files(ask, "sample", seed="QA-1")
    cover = dict(sheets["Cover"][1:])
    assert (cover["Marking"], cover["Seed"], cover["Month"], cover["Policy"]) == (
        "OFFICIAL-SENSITIVE", "QA-1", "2026-03", told["policy_version"],
    )  # fmt: skip
    assert (cover["Referrals of the month"], cover["Drawn"]) == ("2", "2")
    assert [[*line] for line in cover.items()] == [
        line for line in lines if line and line[0] in cover
    ]
    head, *rows = sheets["Table_Sample"]
    assert [row[:2] + row[3:4] for row in rows] == [
        [one["referral_ref"], one["child_ref"], one["made_at"]] for one in told["items"]
    ]
    shown = texts(page, "sample")
    assert [[row[0], row[2], row[4]] for row in rows] == [[row[0], row[2], row[4]] for row in shown]
    assert [row[5] for row in rows] == ["yes" if row[5] == "0 of 2" else "no" for row in shown]
    drawn_for = sheets["Table_Strata"][1:]
    assert [[str(cell) for cell in row] for row in drawn_for] == [
        [cell.replace(".0", "") for cell in row] for row in texts(page, "strata")
    ]
    assert len(drawn_for) == len(told["strata"]) == 5
    for table in ([head, *rows], sheets["Table_Strata"]):
        written = [[str(cell) for cell in row] for row in table]
        start = lines.index(written[0])
        assert lines[start : start + len(written)] == written


async def test_agreement_is_the_same_on_its_page_and_in_every_file(ask: Ask, put: Put) -> None:
    for number in range(12):
        seen = "good" if number < 6 else "inadequate"
        readings = (graded(number, "a", seen, blind=False), graded(number, "b", seen, blind=True))
        await put(f"child-{number}", made(number), *readings)
    page = (await ask("qa-reviewer", f"{PATH}/agreement", months="1")).text
    lines, sheets = await files(ask, "agreement", months="1")
    head, *rows = sheets["Table_Agreement"]
    assert [[str(cell) for cell in row] for row in rows] == texts(page, "agreement")
    assert rows[0][1:3] == [12, 12]
    assert lines[lines.index(head) + 1] == [str(cell) for cell in rows[0]]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
async def test_nobody_else_is_given_a_file_and_of_no_other_kind_there_is_one(
    ask: Ask, put: Put, kind: str
) -> None:
    await put("child-a", made(1))
    for persona in ("norfolk-csc", "police-supervisor", "pcc-analyst"):
        answer = await ask(persona, f"{PATH}/sample.{kind}", seed="s")
        assert answer.status_code == 403
        assert "child-a" not in answer.text
    assert (await ask("qa-reviewer", f"{PATH}/sample.pdf", seed="s")).status_code == 422
