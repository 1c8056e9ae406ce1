"""Do tests notice what a sample of `make mutants` changed unnoticed in figures and steps?"""

from datetime import date
from typing import Any

import pytest

from services.domain import events as e
from services.domain.equity_groups import groups_of
from services.domain.equity_pack import STAGE_BEFORE, Child, pack
from services.domain.explain_chain import chain, clock, lines
from tests.domain.lives import AREA, event, gaps, policy
from tests.domain.rules import build as b
from tests.domain.rules.lessons import ALL_SAID, found, only, said
from tests.domain.whys import exposed, refused

MADE = event(e.MADE, "2026-04-02T15:00:00Z", referral_ref="R-1", sent_to=AREA)
(GAP,) = [each for each in gaps(MADE) if each.rule == "timeliness.decision_overdue"]

RECOGNISED, REPEATED = (
    "cumulative_harm.not_recognised",
    "cumulative_harm.repeated_no_further_action",
)
CHANGED = date(2026, 3, 15)
HARM = [exposed("2026-03-01 09:00", 1), exposed("2026-03-10 09:00", 2)]
REFUSED = [
    refused("2026-02-20 09:00", referral_ref="R-1"),
    refused("2026-03-01 09:00", referral_ref="R-2"),
]


def test_start_and_end_of_a_clock_are_told_in_utc_and_as_in_london() -> None:
    assert clock(GAP.why) == {
        "starts": "the referral was made",
        "started_at": "2026-04-02T15:00:00Z",
        "started_in_london": "Thu 2 Apr 2026 16:00:00",
        "limit": 1,
        "unit": "working-days",
        "skipped": [
            {"on": "2026-04-03", "name": "Good Friday"},
            {"on": "2026-04-06", "name": "Easter Monday"},
        ],
        "due_at": "2026-04-07T22:59:59Z",
        "due_in_london": "Tue 7 Apr 2026 23:59:59",
    }


@pytest.mark.parametrize(
    ("elsewhere", "told"),
    [
        (0, []),
        (1, ["1 event that other agencies sent."]),
        (2, ["2 events that other agencies sent."]),
    ],
)
def test_events_of_others_are_counted_in_good_english(elsewhere: int, told: list[str]) -> None:
    steps = chain(GAP, "Told.", [], elsewhere, [])
    assert [step.text for step in steps if step.step == "event"] == told


def test_every_row_of_a_rule_names_the_stage_that_it_is_a_share_of() -> None:
    stages = tuple(dict.fromkeys(STAGE_BEFORE.values()))
    made = pack([Child(groups_of("WBRI", "F", 15), stages, ())] * 6)
    assert {(row.rule, row.stage) for row in made.rows} == set(STAGE_BEFORE.items())
    assert {row.stage for row in made.stages} == set(stages)


@pytest.mark.parametrize(
    ("at", "within", "limit"), [("2026-03-14 23:59", 90, 24), ("2026-03-15 00:00", 60, 48)]
)
def test_numbers_of_harm_that_adds_up_are_those_of_the_anchors_day(
    at: str, within: int, limit: int
) -> None:
    lines: dict[str, Any] = {"within": 60, "limit": 48}
    by = b.ruled(
        {f"{RECOGNISED}.{name}": [{"value": n, "since": CHANGED}] for name, n in lines.items()}
    )
    params = only(RECOGNISED, *HARM, exposed(at, 3), by=by).why.params
    assert (params["within"], params["limit"]) == (within, limit)


@pytest.mark.parametrize(("at", "count"), [("2026-03-14 23:59", 0), ("2026-03-15 00:00", 1)])
def test_as_many_incidents_make_it_as_on_the_anchors_day(at: str, count: int) -> None:
    by = b.ruled({f"{RECOGNISED}.incidents": [{"value": 2, "since": CHANGED}]})
    incidents = [exposed("2026-03-01 09:00", 1), exposed(at, 2)]
    assert len(found(RECOGNISED, *incidents, by=by)) == count


@pytest.mark.parametrize(("at", "count"), [("2026-03-14 23:59", 1), ("2026-03-15 00:00", 0)])
def test_incidents_are_looked_for_as_long_as_on_the_anchors_day(at: str, count: int) -> None:
    by = b.ruled({f"{RECOGNISED}.within": [{"value": 5, "since": CHANGED}]})
    assert len(found(RECOGNISED, *HARM, exposed(at, 3), by=by)) == count


def test_what_a_clock_starts_from_is_told_without_the_sentences_comma() -> None:
    worked = clock(only(RECOGNISED, *HARM, exposed("2026-03-14 09:00", 3)).why)
    assert worked is not None
    assert worked["starts"] == "the latest of 3 incidents within 90 days"


@pytest.mark.parametrize(("at", "within"), [("2026-03-14 23:59", 365), ("2026-03-15 00:00", 60)])
def test_numbers_of_closed_doors_are_those_of_the_anchors_day(at: str, within: int) -> None:
    by = b.ruled({f"{REPEATED}.within": [{"value": 60, "since": CHANGED}]})
    assert only(REPEATED, *REFUSED, exposed(at, 1), by=by).why.params["within"] == within


@pytest.mark.parametrize(("at", "count"), [("2026-03-14 23:59", 1), ("2026-03-15 00:00", 0)])
def test_closed_doors_are_looked_for_as_long_as_on_the_anchors_day(at: str, count: int) -> None:
    by = b.ruled({f"{REPEATED}.within": [{"value": 5, "since": CHANGED}]})
    assert len(found(REPEATED, *REFUSED, exposed(at, 1), by=by)) == count
    fewer = b.ruled({f"{REPEATED}.decisions": [{"value": 3, "since": CHANGED}]})
    assert len(found(REPEATED, *REFUSED, exposed(at, 1), by=fewer)) == count


def test_a_list_that_a_gap_was_judged_by_is_told_by_its_words() -> None:
    gap = only("completeness.information_missing", said(b.made("2026-06-03 10:00"), {}, ALL_SAID))
    held = lines(gap, policy(), gap.opens_at)
    told = [text for _, text in chain(gap, "Told.", [], 0, held)]
    named = "completeness.information_missing.required is address, where_now, immediate_safety"
    assert any(text.startswith(named) for text in told)


def test_of_a_referral_made_twice_the_first_is_evidence_of_what_it_lacks() -> None:
    first = said(b.made("2026-06-03 10:00"), {}, ALL_SAID) | {"id": "first"}
    again = said(b.made("2026-06-04 10:00"), {}, ALL_SAID) | {"id": "again"}
    gap = only("completeness.information_missing", first, again)
    assert [event_id for _, event_id in gap.evidence] == ["first"]
