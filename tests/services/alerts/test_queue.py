"""The queue: what is next to be breached first; nothing that its reader may not see."""

from typing import Any

import pytest

from services.alerts.handlers import Keeper
from services.domain.moments import moment, stamp
from services.runtime import clock
from tests.gaps import HOUR
from tests.services.alerts.conftest import Ask, Say, Tell, owed, settle
from tests.services.conftest import Pool


@pytest.fixture
async def queue(tell: Tell, keeper: Keeper) -> None:
    """One alert still to come, three that are open, of three children."""
    await tell(owed(1, 50), owed(2, -3, rule="timeliness.referrer_not_told"))
    await tell(owed(3, 2, child_ref="child-b"), child_ref="child-b")
    await tell(
        owed(4, 1, child_ref="child-c", agency="norfolk-police", visible_to=(), unit="custody"),
        child_ref="child-c",
    )
    await settle(keeper)


def due(answer: Any) -> list[float]:  # noqa: ANN401 - a response's JSON
    """How many hours ago each was due."""
    now = answer["as_of"]
    moments = [item["due_at"] for item in answer["items"]]
    return [round(hours(now) - hours(at)) for at in moments]


def hours(text: str) -> float:
    return moment(text).timestamp() / 3600


@pytest.mark.usefixtures("queue")
async def test_the_queue_is_sorted_by_time_to_breach(ask: Ask) -> None:
    answer = (await ask("qa-reviewer")).json()
    assert due(answer) == [-3, 1, 2, 50]
    assert [item["state"] for item in answer["items"]] == ["warning", "new", "new", "new"]
    assert [item["breached"] for item in answer["items"]] == [False, True, True, True]
    assert answer["totals"] == {
        "warning": 1, "new": 3, "acknowledged": 0, "in-hand": 0, "resolved": 0,
    }  # fmt: skip


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize(
    ("persona", "query", "shown"),
    [
        ("qa-reviewer", {"state": "warning"}, [-3]),
        ("qa-reviewer", {"rule": "timeliness.decision_overdue"}, [1, 2, 50]),
        ("qa-reviewer", {"agency": "norfolk-police"}, [1]),
        ("qa-reviewer", {"unit": "custody"}, [1]),
        ("qa-reviewer", {"child_ref": "child-b"}, [2]),
        ("qa-reviewer", {"urgency": "routine"}, [-3]),
        ("qa-reviewer", {"kind": "query"}, []),
        ("qa-reviewer", {"mine": "true"}, []),
        ("norfolk-csc", {}, [-3, 2, 50]),
        ("police-supervisor", {}, [-3, 1, 2, 50]),
        ("police-supervisor", {"mine": "true"}, [1]),
        ("norfolk-school", {}, []),
    ],
)
async def test_filters_narrow_and_never_widen(
    ask: Ask, persona: str, query: dict[str, str], shown: list[float]
) -> None:
    assert due((await ask(persona, **query)).json()) == shown


@pytest.mark.usefixtures("queue")
async def test_what_is_due_before_a_moment_can_be_asked_for(ask: Ask) -> None:
    before = stamp(clock.now() - 10 * HOUR)
    assert due((await ask("qa-reviewer", due_before=before)).json()) == [50]


@pytest.mark.usefixtures("queue")
async def test_pages_follow_one_another_and_a_cursor_is_of_its_question(ask: Ask) -> None:
    found: list[float] = []
    cursor: dict[str, str] = {}
    while True:
        answer = (await ask("qa-reviewer", limit="1", **cursor)).json()
        found += due(answer)
        assert answer["total"] == 4
        if answer["next"] is None:
            break
        cursor = {"cursor": answer["next"]}
    assert found == [-3, 1, 2, 50]
    for persona, query in (("norfolk-csc", {}), ("qa-reviewer", {"state": "new"})):
        refused = await ask(persona, limit="1", **cursor, **query)
        assert refused.status_code == 422
    assert (await ask("qa-reviewer", cursor="AAAA")).status_code == 422


@pytest.mark.usefixtures("queue")
async def test_an_alert_tells_its_history_and_is_not_there_for_who_may_not_see_it(
    ask: Ask, say: Say, keeper: Keeper
) -> None:
    (item,) = (await ask("police-supervisor", mine="true")).json()["items"]
    path = f"/api/v1/alerts/{item['alert_id']}"
    mine = owed(4)
    await say(
        "alert.resolved.v1", mine, agency="norfolk-police", child_ref="child-c",
        facts={"reason": "not-owed", "practitioner": {"unit": "custody"}},
    )  # fmt: skip
    await settle(keeper)
    whole = (await ask("police-supervisor", path)).json()
    assert [(one["state"], one["reason"], one["by"]) for one in whole["history"]] == [
        ("new", None, None),
        ("resolved", "not-owed", "norfolk-police"),
    ]
    assert (whole["alert"]["by_unit"], whole["alert"]["gap_ids"]) == ("custody", [mine.gap_id])
    unknown = await ask("norfolk-school", "/api/v1/alerts/00000000-0000-5000-8000-000000000000")
    hidden = await ask("norfolk-school", path)
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json() == unknown.json()
    assert (await ask("norfolk-school", "/api/v1/alerts/x")).status_code == 404


async def test_who_sees_no_child_sees_no_alert(ask: Ask) -> None:
    assert (await ask(None)).status_code == 401
    for persona in ("pcc-analyst", "pcc-editor", "administrator"):
        assert (await ask(persona)).status_code == 403


async def test_every_fault_of_a_question_is_named(ask: Ask) -> None:
    answer = await ask("qa-reviewer", state="lost", due_before="tomorrow", colour="red")
    assert answer.status_code == 422
    pointers = {fault["pointer"] for fault in answer.json()["errors"]}
    assert len(pointers) == 3


@pytest.mark.usefixtures("queue")
async def test_who_looked_is_on_record_and_without_record_nothing_is_shown(
    ask: Ask, alerts_pool: Pool
) -> None:
    await ask("norfolk-csc", child_ref="child-b")
    rows = await alerts_pool.fetch("SELECT action, agency, row_count, asked FROM audit_entry")
    assert [tuple(row) for row in rows] == [
        ("alerts-read", "norfolk-csc", 1, '{"child_ref": "given"}')
    ]
    await alerts_pool.execute("ALTER TABLE audit_entry ADD CHECK (row_count < 0) NOT VALID")
    assert (await ask("norfolk-csc")).status_code == 503
