"""Inspections come in, their deadlines are counted, and an untidy sheet is read row by row."""

from io import BytesIO
from typing import Any

import httpx
import pytest
from openpyxl import Workbook

from deploy.embedded.places import PROJECT
from services.responses.inspections_api import XLSX
from tests.services.responses.conftest import INSPECTION, Ask
from tests.services.served import Bearers

OVERVIEW = PROJECT.parent / "shared" / "data" / "jtai_overview.xlsx"
COLUMNS = (
    "urn", "local_authority", "inspection_link", "publication_date", "inspection_theme",
    "summary_improvement", "summary_headline_findings", "summary_needs_to_improve",
)  # fmt: skip
ABSENT = "Not found or not applicable."


async def test_an_inspection_comes_in_and_its_deadlines_are_counted(enter: Ask, ask: Ask) -> None:
    answer = await enter()
    assert answer.status_code == 201
    found = answer.json()
    assert found["deadlines"] == {
        "strict_on": "2025-01-14", "usual_on": "2025-01-15", "stated_on": "2025-01-15",
        "differs": True,
    }  # fmt: skip
    read = (await ask("pcc-analyst", f"/api/v1/inspections/{found['id']}")).json()
    assert read["id"] == found["id"]
    assert {name: read[name] for name in INSPECTION if name != "items"} == {
        name: value for name, value in INSPECTION.items() if name != "items"
    }
    assert [{k: one[k] for k in ("kind", "text", "lesson")} for one in read["items"]] == INSPECTION[
        "items"
    ]
    assert "1 day later than the Act" in read["warning"]
    assert (await ask("pcc-editor", "/api/v1/inspections")).json()["total"] == 1


async def test_a_deadline_that_is_not_stated_differs_from_none(enter: Ask) -> None:
    found = (await enter(stated_deadline_on=None)).json()
    assert found["deadlines"]["stated_on"] is None
    assert not found["deadlines"]["differs"]


async def test_the_same_report_comes_in_once(enter: Ask) -> None:
    assert (await enter()).status_code == 201
    again = await enter(title=INSPECTION["title"].upper())
    assert (again.status_code, again.json()["code"]) == (409, "already-there")


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"title": ""}, "/body/title"),
        ({"published_on": "20 November 2024"}, "/body/published_on"),
        ({"published_on": "2029-01-01"}, "/body/published_on"),
        ({"items": [{"kind": "wish", "text": "x"}]}, "/body/items/0/kind"),
        ({"forces": []}, "/body/forces"),
        ({"link": "javascript:alert(1)"}, "/body/link"),
        ({"key_findings": "a\u0001b"}, "/body/key_findings"),
    ],
)
async def test_what_is_wrong_is_named_by_pointer(
    enter: Ask, changed: dict[str, Any], pointer: str
) -> None:
    answer = await enter(**changed)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("persona", "status"),
    [(None, 401), ("pcc-analyst", 403), ("administrator", 403), ("police-supervisor", 403)],
)
async def test_only_editors_of_a_body_enter(enter: Ask, persona: str | None, status: int) -> None:
    assert (await enter(persona)).status_code == status


async def test_no_body_answers_after_the_last_day_of_the_one_that_is_entered(enter: Ask) -> None:
    answer = await enter(published_on="2028-05-01", stated_deadline_on=None)
    assert answer.json()["errors"] == [
        {"pointer": "/body/published_on", "code": "no-body-that-day"}
    ]
    assert (await enter(published_on="2028-04-30", stated_deadline_on=None)).status_code == 201


def sheet(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in (COLUMNS, *rows):
        page.append(list(row))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


async def bring(
    client: httpx.AsyncClient, bearers: Bearers, content: bytes, media_type: str = XLSX
) -> httpx.Response:
    headers = {**bearers["pcc-editor"], "Content-Type": media_type}
    return await client.post("/api/v1/inspections/sheet", content=content, headers=headers)


async def test_every_row_of_a_sheet_is_in_or_explained(
    client: httpx.AsyncClient, bearers: Bearers, ask: Ask
) -> None:
    good = (
        "80418", "norfolk", "https://files.example.org/1", "27/02/25", "Domestic abuse in norfolk.",
        ABSENT, "Partners work well.", "Understanding of the panel.",
    )  # fmt: skip
    content = sheet(
        good,
        ("1", "kent", "nan", "31/02/25", "Neglect in kent.", ABSENT, ABSENT, ABSENT),
        ("2", None, None, None, None, None, None, None),
        (None,) * 8,
        ("3", "essex", "nan", "01/03/2024", "Neglect.", "s leadership is weak", "x", ABSENT),
        good,
    )
    answer = await bring(client, bearers, content)
    told = answer.json()
    assert [(row["row"], row["outcome"]) for row in told["rows"]] == [
        (2, "entered"), (3, "not-read"), (4, "not-read"), (5, "not-read"), (6, "entered"),
        (7, "already"),
    ]  # fmt: skip
    assert all(row["said"] for row in told["rows"] if row["outcome"] == "not-read")
    assert told["rows"][1]["said"] == ["publication_date: no day that can be read."]
    assert len(told["rows"][2]["said"]) == 3
    assert any("middle of a sentence" in said for said in told["rows"][4]["said"])
    assert told["rows"][5]["id"] == told["rows"][0]["id"]
    read = (await ask("pcc-editor", f"/api/v1/inspections/{told['rows'][0]['id']}")).json()
    assert read["published_on"] == "2025-02-27"
    assert read["items"][0]["text"] == "Understanding of the panel."


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [(b"no sheet", XLSX, 400), (b"a,b", "text/csv", 415), (b"", XLSX, 400)],
)
async def test_what_is_no_sheet_is_refused(
    client: httpx.AsyncClient, bearers: Bearers, content: bytes, media_type: str, status: int
) -> None:
    assert (await bring(client, bearers, content, media_type)).status_code == status


@pytest.mark.skipif(not OVERVIEW.exists(), reason="the overview is not beside this clone")
async def test_the_published_overview_is_in_or_explained_row_by_row(
    client: httpx.AsyncClient, bearers: Bearers
) -> None:
    told = (await bring(client, bearers, OVERVIEW.read_bytes())).json()
    assert told["entered"] + told["already"] + told["not_read"] == len(told["rows"])
    assert [row["row"] for row in told["rows"]] == list(range(2, len(told["rows"]) + 2))
    assert all(row["said"] for row in told["rows"] if row["outcome"] == "not-read")
    assert told["entered"] >= 40
