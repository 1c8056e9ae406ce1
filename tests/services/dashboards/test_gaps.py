"""What does `GET /api/v1/gaps` answer, to whom? On a real Postgres."""

from datetime import timedelta
from itertools import count

import pytest

from services.dashboards import store
from services.domain.moments import moment, stamp
from services.runtime import clock
from tests.gaps import HOUR, MONDAY, gap
from tests.services.dashboards.conftest import Ask, Tell, ids

AT_NOON = stamp(MONDAY + 3 * HOUR)


async def test_a_gap_is_shown_with_everything_that_the_contract_names(ask: Ask, tell: Tell) -> None:
    await tell(gap(1))
    page = (await ask("norfolk-csc", as_of=AT_NOON)).json()
    (item,) = page["items"]
    assert set(item) == {
        "gap_id", "rule", "rule_version", "policy_version", "lesson", "kind", "observed",
        "child_ref", "referral_ref", "anchor", "agency", "unit", "opens_at", "closes_at", "state",
        "why", "why_code", "evidence", "evidence_elsewhere", "known_from",
    }  # fmt: skip
    assert item["anchor"] == {"source": "/norfolk-police/referrals", "id": "made-1"}
    assert item["evidence"] == [{"source": "/norfolk-csc/cases", "id": "got-1"}]
    assert item["evidence_elsewhere"] == 1
    assert item["state"] == "open"
    assert "owed a decision on a referral" in item["why"]
    assert (page["total"], page["next"], page["as_of"]) == (1, None, AT_NOON)
    assert page["known_at"] == item["known_from"]
    assert page["known_at_requested_beyond_watermark"] is False


OTHER = {
    "rule": "timeliness.referral_not_made",
    "lesson": "2",
    "kind": "query",
    "observed": False,
    "agency": "norfolk-police",
    "unit": "response",
    "referral_ref": "R-2",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, str(value).lower() if value is False else str(value)) for name, value in OTHER.items()],
)
async def test_each_filter_keeps_what_it_names(ask: Ask, tell: Tell, name: str, value: str) -> None:
    await tell(gap(1), gap(2, **{name: OTHER[name]}))
    assert ids(await ask("qa-reviewer", **{name: value})) == [2]


async def test_filters_by_child_and_by_event(ask: Ask, tell: Tell) -> None:
    await tell(gap(1))
    there = ("/norfolk-police/custody", "c|1")
    await tell(gap(2, child_ref="child-b", evidence=(there,)), child_ref="child-b")
    assert ids(await ask("qa-reviewer", child_ref="child-b")) == [2]
    assert ids(await ask("qa-reviewer", event="/norfolk-police/custody|c|1")) == [2]
    assert ids(await ask("qa-reviewer", event="/norfolk-police/referrals|made-1")) == [1, 2]


async def test_an_event_that_is_only_counted_for_a_reader_finds_nothing_for_them(
    ask: Ask, tell: Tell
) -> None:
    await tell(gap(1, evidence=(("/norfolk-police/custody", "c-1"), ("/norfolk-csc/cases", "g"))))
    assert ids(await ask("norfolk-csc", event="/norfolk-police/custody|c-1")) == []
    assert ids(await ask("norfolk-csc", event="/norfolk-csc/cases|g")) == [1]
    assert ids(await ask("norfolk-csc", event="/norfolk-police/referrals|made-1")) == [1]


@pytest.mark.parametrize(
    ("hour", "state"),
    [(0.99, "upcoming"), (1, "open"), (2.99, "open"), (3, "closed")],
)
async def test_the_state_is_that_at_as_of_and_intervals_are_never_cut(
    ask: Ask, tell: Tell, hour: float, state: str
) -> None:
    await tell(gap(1, closes_at=MONDAY + 3 * HOUR))
    as_of = stamp(MONDAY + hour * HOUR)
    (item,) = (await ask("norfolk-csc", as_of=as_of)).json()["items"]
    assert item["state"] == state
    assert moment(item["closes_at"]) == MONDAY + 3 * HOUR
    for asked in ("upcoming", "open", "closed"):
        assert len(ids(await ask("norfolk-csc", as_of=as_of, state=asked))) == (asked == state)


async def test_what_was_believed_then_is_answered_as_it_was(ask: Ask, tell: Tell) -> None:
    await tell(gap(1), version=1)
    then = (await ask("norfolk-csc")).json()["known_at"]
    await tell(gap(2), version=2)
    assert ids(await ask("norfolk-csc")) == [2]
    assert ids(await ask("norfolk-csc", known_at=then)) == [1]
    before = stamp(moment(then) - timedelta(microseconds=1))
    assert ids(await ask("norfolk-csc", known_at=before)) == []


async def test_what_is_not_settled_yet_is_answered_at_the_watermark_and_says_so(
    ask: Ask, tell: Tell
) -> None:
    await tell(gap(1))
    watermark = (await ask("norfolk-csc")).json()["known_at"]
    page = (await ask("norfolk-csc", known_at=stamp(clock.now() + HOUR))).json()
    assert page["known_at"] == watermark
    assert page["known_at_requested_beyond_watermark"] is True


async def test_pages_hold_together_while_the_ledger_moves_on(ask: Ask, tell: Tell) -> None:
    same = {"opens_at": MONDAY}
    gaps = [gap(n, **(same if n % 2 else {})) for n in range(1, 8)]
    await tell(*gaps, version=1)
    page = (await ask("norfolk-csc", limit=3)).json()
    found, first = page["items"], page
    while page["next"]:
        await tell(gap(99), version=2)
        page = (await ask("norfolk-csc", limit=3, cursor=page["next"])).json()
        assert {name: page[name] for name in ("total", "as_of", "known_at")} == {
            name: first[name] for name in ("total", "as_of", "known_at")
        }
        found += page["items"]
    assert len(found) == 7
    assert {item["gap_id"] for item in found} == {one.gap_id for one in gaps}
    assert found == sorted(found, key=lambda item: (moment(item["opens_at"]), item["gap_id"]))


@pytest.mark.parametrize("streams", [-1, store.STREAMS])
@pytest.mark.parametrize(
    "persona", ["norfolk-csc", "norfolk-police", "norfolk-school", "qa-reviewer"]
)
async def test_read_by_streams_or_as_a_whole_pages_are_the_same_and_whole(
    ask: Ask, tell: Tell, monkeypatch: pytest.MonkeyPatch, persona: str, streams: int
) -> None:
    monkeypatch.setattr(store, "STREAMS", streams)
    every = [
        gap(
            number,
            rule="timeliness.decision_overdue" if number % 4 else "completeness.reason_unclear",
            agency="norfolk-police" if number % 3 == 0 else "norfolk-csc",
            visible_to=[("norfolk-police",), (), ("norfolk-school", "norfolk-police")][number % 3],
            observed=number % 5 != 0,
            opens_at=MONDAY + number % 4 * HOUR,  # many at the same moment
            closes_at=[None, MONDAY + 5 * HOUR, MONDAY + 9 * HOUR][number % 7 % 3],
        )
        for number in range(1, 61)
    ]
    versions = count(1)
    await tell(*every, version=next(versions))
    as_of = MONDAY + 5 * HOUR
    seen = {"norfolk-csc", "norfolk-police"} if persona == "qa-reviewer" else {persona}
    mine = [one for one in every if one.agency in seen or seen & set(one.visible_to)]
    mine.sort(key=lambda one: (one.opens_at, one.gap_id))
    for asked, wanted in (
        ({}, mine),
        ({"state": "open"}, [g for g in mine if g.closes_at is None or g.closes_at > as_of]),
        ({"state": "closed"}, [g for g in mine if g.closes_at and g.closes_at <= as_of]),
        ({"rule": every[3].rule}, [g for g in mine if g.rule == every[3].rule]),
        ({"observed": "false", "opens_from": stamp(MONDAY + HOUR)},
         [g for g in mine if not g.observed and g.opens_at > MONDAY]),
    ):  # fmt: skip
        found, more = list[int](), dict[str, str]()
        while True:
            page = await ask(persona, limit="7", as_of=stamp(as_of), **asked, **more)
            found += ids(page)
            if page.json()["next"] is None:
                break
            more = {"cursor": page.json()["next"]}
            await tell(
                *every[::2], version=len(found) + 2
            )  # what ends meanwhile is on its page still
            await tell(*every, version=len(found) + 3)
        assert found == [int(one.gap_id.replace("-", ""), 16) for one in wanted], asked


async def test_the_cursor_of_another_question_is_refused(ask: Ask, tell: Tell) -> None:
    await tell(gap(1), gap(2))
    cursor = (await ask("norfolk-csc", limit=1)).json()["next"]
    answer = await ask("norfolk-csc", limit=1, cursor=cursor, kind="gap")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/query/cursor", "code": "cursor"}]


async def test_a_cursor_made_by_one_reader_is_none_for_another(ask: Ask, tell: Tell) -> None:
    await tell(gap(1), gap(2))
    cursor = (await ask("norfolk-csc", limit=1)).json()["next"]
    answer = await ask("norfolk-school", limit=1, cursor=cursor)
    assert answer.json()["errors"] == [{"pointer": "/query/cursor", "code": "cursor"}]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lesson", "5"), ("kind", "score"), ("observed", "yes"), ("state", "late"),
        ("limit", "0"), ("limit", "501"), ("limit", "1_0"), ("limit", "ten"),
        ("as_of", "yesterday"), ("as_of", "2026-03-02"), ("as_of", "2026-03-02T09:00:00"),
        ("as_of", "1772442000"), ("as_of", "0001-01-01T00:00:00+14:00"),
        ("known_at", "9999-12-31T23:59:59-14:00"), ("event", "no-bar"), ("event", "/a/b|x\0y"),
        ("rule", "a\0b"), ("child_ref", ""), ("cursor", "made-up"), ("rule", "x" * 300),
    ],
)  # fmt: skip
async def test_a_bad_parameter_is_named_and_never_repeated(ask: Ask, name: str, value: str) -> None:
    answer = await ask("qa-reviewer", **{name: value})
    assert answer.status_code == 422, answer.text
    assert [one["pointer"] for one in answer.json()["errors"]] == [f"/query/{name}"]
    assert not value or value == "0" or value not in answer.text


async def test_every_fault_is_told_at_once_and_an_unknown_parameter_is_one(ask: Ask) -> None:
    answer = await ask("qa-reviewer", limit="0", lesson="9", surname="Marker")
    pointers = [one["pointer"] for one in answer.json()["errors"]]
    assert answer.status_code == 422
    assert sorted(pointers) == ["/query", "/query/lesson", "/query/limit"]
    assert "arker" not in answer.text
    assert "surname" not in answer.text


async def test_a_parameter_stated_twice_is_refused(ask: Ask) -> None:
    answer = await ask("qa-reviewer", rule=["one", "two"])
    assert answer.json()["errors"] == [{"pointer": "/query/rule", "code": "repeated"}]


async def test_the_served_openapi_document_names_every_parameter(ask: Ask) -> None:
    document = (await ask(None, "/openapi.json")).json()
    named = {one["name"] for one in document["paths"]["/api/v1/gaps"]["get"]["parameters"]}
    assert named == {
        "rule", "lesson", "kind", "observed", "agency", "unit", "referral_ref", "child_ref",
        "event", "state", "opens_from", "opens_before", "as_of", "known_at", "limit", "cursor",
    }  # fmt: skip


@pytest.mark.parametrize("persona", ["qa-reviewer", "norfolk-csc", "police-supervisor"])
async def test_the_total_is_of_all_items_in_every_state(ask: Ask, tell: Tell, persona: str) -> None:
    await tell(
        gap(1),
        gap(2, closes_at=MONDAY + 4 * HOUR),
        gap(3, opens_at=MONDAY + 9 * HOUR),
        gap(4, closes_at=MONDAY + 9 * HOUR, agency="norfolk-police", visible_to=()),
        gap(5, opens_at=MONDAY + 6 * HOUR, closes_at=MONDAY + 9 * HOUR, unit=None),
    )
    seen = {}
    for state in ("open", "closed", "upcoming", None):
        asked = {} if state is None else {"state": state}
        page = (await ask(persona, as_of=stamp(MONDAY + 5 * HOUR), **asked)).json()
        assert page["total"] == len(page["items"])
        seen[state] = page["total"]
    assert seen[None] == seen["open"] + seen["closed"] + seen["upcoming"]
    assert min(seen.values()) > 0
