"""Promises: the seed's six without owner or day, and never met unless a person says so."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from services.domain.moments import london_day
from services.domain.responses.promises import quarter_of
from services.responses import entering
from services.responses.catalogue import Catalogue
from services.runtime import clock
from tests.documents.reading import READERS, squeezed
from tests.services.conftest import Pool
from tests.services.responses.conftest import TODAY, Ask

NOW = quarter_of(london_day(clock.now()))


@pytest.fixture
async def past(pool: Pool, catalogue: Catalogue, ask: Ask) -> str:
    await entering.preload(pool, catalogue)
    found: str = (await ask(None, "/api/v1/published")).json()["items"][0]["id"]
    return found


async def test_the_six_of_the_past_have_neither_owner_nor_day(past: str, ask: Ask) -> None:
    found = (await ask("pcc-analyst", "/api/v1/promises")).json()
    assert found["total"] == 6
    for one in found["items"]:
        assert one["response"] == past
        assert (one["owner"], one["due_on"], one["judged_by"]) == (None, None, None)
        assert one["standing"] == "unassigned"
        assert one["progress"] == []


async def test_a_person_gives_a_promise_an_owner_and_says_how_it_stands(
    past: str, ask: Ask, step: Ask
) -> None:
    promises = (await ask("pcc-analyst", "/api/v1/promises")).json()["items"]
    action = promises[0]["action"]
    more = {"owner": "Head of policy", "due_on": "2025-06-30", "text": promises[0]["text"]}
    changed = {**more, "text": "Something easier."}
    assert (await step(past, "set-action", action=action, **changed)).json()["code"] == "published"
    assert (await step(past, "set-action", action=action, **more)).status_code == 200
    [one] = [p for p in await listed(ask) if p["action"] == action]
    assert (one["standing"], one["owner"]) == ("overdue", "Head of policy")
    told = {"on": TODAY, "standing": "under-way", "text": "The board has met."}
    await step(past, "progress", action=action, **told)
    assert [p["standing"] for p in await listed(ask) if p["action"] == action] == ["overdue"]
    await step(past, "progress", action=action, **told | {"standing": "met", "text": "Minuted."})
    assert [p["standing"] for p in await listed(ask) if p["action"] == action] == ["met"]
    answer = await step(past, "progress", action="action-99", **told)
    assert answer.json()["code"] == "no-such-action"


async def listed(ask: Ask) -> list[dict[str, object]]:
    found: list[dict[str, object]] = (await ask("pcc-analyst", "/api/v1/promises")).json()["items"]
    return found


async def test_a_draft_s_actions_are_no_promises_yet(signed: str, ask: Ask) -> None:
    assert signed
    assert await listed(ask) == []


@pytest.mark.parametrize("name", ["csv", "xlsx", "html", "pdf", "docx", "odt"])
async def test_the_panel_is_told_of_a_quarter(past: str, ask: Ask, name: str) -> None:
    assert past
    answer = await ask("pcc-analyst", "/api/v1/promises/report", quarter=NOW, format=name)
    assert answer.status_code == 200
    read = _read(answer.content, name)
    assert squeezed("Young people's early access to therapeutic services") in read
    assert squeezed("nobody yet") in read
    assert squeezed("6 in all: 0 met") in read


def _read(content: bytes, name: str) -> str:
    if name == "csv":
        return squeezed(content.decode("utf-8-sig"))
    if name == "xlsx":
        book = load_workbook(BytesIO(content))
        cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
        return squeezed("".join(cells))
    return READERS[name](content)


async def test_a_quarter_before_anything_was_promised_is_empty(past: str, ask: Ask) -> None:
    assert past
    answer = await ask("pcc-analyst", "/api/v1/promises/report", quarter="2023-Q1", format="csv")
    assert "0 in all" in answer.text
    assert (await ask("pcc-analyst", "/api/v1/promises/report", quarter="2023")).status_code == 422
