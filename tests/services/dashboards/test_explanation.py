"""How does `GET /api/v1/gaps/{id}/explanation` lead from events to sentence? On a real Postgres."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from services.domain.gaps import Why
from services.domain.moments import moment, stamp
from services.runtime import clock
from tests.gaps import HOUR, gap
from tests.services.conftest import Pool
from tests.services.dashboards.conftest import Ask, Tell

CHRISTMAS = Why(
    "decision_overdue",
    {
        "from": "received",
        "started_at": "2024-12-24T16:05:00Z",
        "due_at": "2024-12-27T23:59:59Z",
        "limit": 1,
        "unit": "working-days",
        "skipped": [
            {"on": "2024-12-25", "name": "Christmas Day"},
            {"on": "2024-12-26", "name": "Boxing Day"},
        ],
        "age_unknown": False,
        "closed_by": "social-care.referral-decided.v1",
    },
)
GAP = gap(1, why=CHRISTMAS, opens_at=moment("2024-12-27T23:59:59Z"))
MADE = ("/norfolk-police/referrals", "made-1")
GOT = ("/norfolk-csc/cases", "got-1")
RECEIVED = "Tue 24 Dec 2024 16:05:00 in London (2024-12-24T16:05:00Z)"

Put = Callable[..., Any]


@pytest.fixture
async def put(dsn: Callable[[str], str]) -> AsyncIterator[Put]:
    """Puts an event into the chronology, of which the dashboards are told type and time alone."""
    async with asyncpg.create_pool(dsn("chronology"), min_size=1) as pool:

        async def event(key: tuple[str, str], kind: str, at: str) -> None:
            await pool.execute(
                "INSERT INTO event (source, id, type, time, feature_version, revision, body, "
                "child_version) VALUES ($1, $2, $3, $4, 1, 0, '', 1)",
                *(*key, kind, moment(at)),
            )

        yield event


async def explained(ask: Ask, persona: str, **query: str) -> dict[str, Any]:
    answer = await ask(persona, f"/api/v1/gaps/{GAP.gap_id}/explanation", **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def texts(found: dict[str, Any], step: str) -> list[str]:
    return [link["text"] for link in found["chain"] if link["step"] == step]


async def test_the_clock_is_worked_out_step_by_step(ask: Ask, tell: Tell) -> None:
    await tell(GAP)
    found = await explained(ask, "norfolk-csc")
    assert texts(found, "clock") == [
        f"After the referral was received, {RECEIVED}, the clock runs.",
        "That day is day 0; Saturdays and Sundays are not counted.",
        "The limit is 1 working day.",
        "Wed 25 Dec 2024 is not counted: Christmas Day.",
        "Thu 26 Dec 2024 is not counted: Boxing Day.",
        "It is owed by Fri 27 Dec 2024 23:59:59 in London (2024-12-27T23:59:59Z).",
    ]
    assert found["clock"]["due_at"] == "2024-12-27T23:59:59Z"
    assert [day["name"] for day in found["clock"]["skipped"]] == ["Christmas Day", "Boxing Day"]


async def test_the_chain_begins_with_events_and_ends_with_the_sentence_of_the_list(
    ask: Ask, tell: Tell, put: Put
) -> None:
    await tell(GAP)
    await put(GOT, "social-care.referral-received.v1", "2024-12-24T16:05:00Z")
    found = await explained(ask, "norfolk-csc")
    steps = list(dict.fromkeys(link["step"] for link in found["chain"]))
    assert steps == ["event", "rule", "number", "clock", "reporting", "sentence"]
    (item,) = (await ask("norfolk-csc")).json()["items"]
    assert texts(found, "sentence") == [item["why"]]
    assert found["gap"] == item
    assert texts(found, "event") == [
        f"social-care.referral-received.v1, from /norfolk-csc/cases, {RECEIVED}.",
        "1 event that other agencies sent.",
    ]


async def test_own_events_are_listed_with_type_and_time_and_others_counted(
    ask: Ask, tell: Tell, put: Put
) -> None:
    await tell(GAP)
    await put(MADE, "referral.made.v1", "2024-12-24T16:00:00Z")
    found = await explained(ask, "norfolk-police")
    assert found["evidence"] == [
        {"source": MADE[0], "id": MADE[1], "type": "referral.made.v1",
         "time": "2024-12-24T16:00:00Z"}
    ]  # fmt: skip
    assert found["evidence_elsewhere"] == 1
    assert "got-1" not in str(found)


async def test_an_event_that_is_held_no_more_is_listed_without_type_and_time(
    ask: Ask, tell: Tell
) -> None:
    await tell(GAP)
    (one,) = (await explained(ask, "norfolk-csc"))["evidence"]
    assert one == {"source": GOT[0], "id": GOT[1], "type": None, "time": None}


async def test_the_rule_is_in_the_contracts_words_and_the_numbers_say_who_says_so(
    ask: Ask, tell: Tell
) -> None:
    await tell(replace(GAP, rule_version=3))
    found = await explained(ask, "norfolk-csc")
    assert found["rule"]["rule"] == "timeliness.decision_overdue"
    assert found["rule"]["version"] == 3
    assert (
        found["rule"]["owed"] == "a decision on a referral [1 working day from received, else made]"
    )
    limit, age = found["policy"]["lines"]
    assert (limit["name"], limit["value"], limit["unit"], limit["since"], limit["standing"]) == (
        "timeliness.decision_overdue.limit", 1, "working-days", None, "guidance",
    )  # fmt: skip
    assert limit["source"].startswith("Working Together")
    assert age["name"] == "child.age_below"
    assert found["policy"]["judged_by"] == "p1"
    assert found["policy"]["current"] != "p1"


async def test_what_would_be_reported_is_told_by_type(ask: Ask, tell: Tell) -> None:
    await tell(GAP)
    found = await explained(ask, "norfolk-csc")
    assert found["reporting"] == [{"type": "social-care.referral-decided.v1", "fed": True}]
    unseen = gap(2, observed=False, anchor=("/norfolk-csc/cin-census", "row-1"))
    await tell(unseen, version=2)
    answer = await ask("norfolk-csc", f"/api/v1/gaps/{unseen.gap_id}/explanation")
    assert answer.json()["reporting"] == [{"type": "social-care.referral-decided.v1", "fed": False}]
    assert "may have been done" in texts(answer.json(), "reporting")[0]


async def test_every_earlier_belief_is_told_with_its_time_and_none_that_came_later(
    ask: Ask, tell: Tell
) -> None:
    known = []
    for version, hour in enumerate((1, 2, 3), 1):
        await tell(replace(GAP, closes_at=GAP.opens_at + hour * HOUR), version=version)
        known.append((await explained(ask, "norfolk-csc"))["gap"]["known_from"])
    found = await explained(ask, "norfolk-csc")
    assert [(one["known_from"], one["known_to"]) for one in found["earlier"]] == [
        (known[0], known[1]), (known[1], known[2]),
    ]  # fmt: skip
    assert [moment(one["closes_at"]) for one in found["earlier"]] == [
        GAP.opens_at + hour * HOUR for hour in (1, 2)
    ]
    then = await explained(ask, "norfolk-csc", known_at=known[1])
    assert [one["known_from"] for one in then["earlier"]] == [known[0]]
    assert moment(then["gap"]["closes_at"]) == GAP.opens_at + 2 * HOUR
    assert then["known_at"] == known[1]


async def test_what_is_believed_no_more_is_explained_as_it_was_believed(
    ask: Ask, tell: Tell
) -> None:
    await tell(GAP)
    then = (await explained(ask, "norfolk-csc"))["known_at"]
    await tell(gap(2), version=2)
    path = f"/api/v1/gaps/{GAP.gap_id}/explanation"
    assert (await ask("norfolk-csc", path)).status_code == 404
    assert (await explained(ask, "norfolk-csc", known_at=then))["earlier"] == []


async def test_an_earlier_belief_is_told_only_to_who_would_have_been_shown_it(
    ask: Ask, tell: Tell
) -> None:
    await tell(replace(GAP, agency="norfolk-police", visible_to=()), version=1)
    await tell(GAP, version=2)
    assert (await explained(ask, "norfolk-csc"))["earlier"] == []
    assert len((await explained(ask, "qa-reviewer"))["earlier"]) == 1
    assert len((await explained(ask, "norfolk-police"))["earlier"]) == 1


async def test_what_is_not_settled_yet_is_answered_at_the_watermark_and_says_so(
    ask: Ask, tell: Tell
) -> None:
    await tell(GAP)
    found = await explained(ask, "norfolk-csc", known_at=stamp(clock.now() + HOUR))
    assert found["known_at_requested_beyond_watermark"] is True
    assert found["known_at"] == found["gap"]["known_from"]


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        ("norfolk-csc", 200), ("norfolk-police", 200), ("police-supervisor", 200),
        ("qa-reviewer", 200), ("norfolk-school", 404), ("norfolk-health", 404),
        ("pcc-analyst", 403), ("administrator", 403), (None, 401),
    ],
)  # fmt: skip
async def test_who_is_not_shown_the_gap_in_the_list_is_told_nothing_of_it(
    ask: Ask, tell: Tell, persona: str | None, status: int
) -> None:
    await tell(GAP)
    answer = await ask(persona, f"/api/v1/gaps/{GAP.gap_id}/explanation")
    assert answer.status_code == status
    assert status == 200 or "child-a" not in answer.text


async def test_each_reading_leaves_one_row_also_of_what_was_not_found(
    ask: Ask, tell: Tell, dashboards_pool: Pool
) -> None:
    await tell(GAP)
    for persona in ("norfolk-csc", "norfolk-school"):
        await ask(persona, f"/api/v1/gaps/{GAP.gap_id}/explanation")
    rows = await dashboards_pool.fetch("SELECT * FROM audit_entry ORDER BY seq")
    assert [(row["agency"], row["action"], row["row_count"]) for row in rows] == [
        ("norfolk-csc", "gap-explained", 1),
        ("norfolk-school", "gap-explained", 0),
    ]


@pytest.mark.parametrize(
    ("path", "query", "pointer"),
    [
        ("not-a-gap", {}, "/path/gap_id"),
        (GAP.gap_id, {"known_at": "yesterday"}, "/query/known_at"),
        (GAP.gap_id, {"known_at": ["2026-03-02T09:00:00Z"] * 2}, "/query/known_at"),
        (GAP.gap_id, {"surname": "Marker"}, "/query"),
    ],
)
async def test_what_is_wrong_is_named_and_never_repeated(
    ask: Ask, path: str, query: dict[str, Any], pointer: str
) -> None:
    answer = await ask("qa-reviewer", f"/api/v1/gaps/{path}/explanation", **query)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert "arker" not in answer.text
    assert "not-a-gap" not in answer.text
