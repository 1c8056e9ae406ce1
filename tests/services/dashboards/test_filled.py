"""What somebody has filled in of a referral: faults, what it becomes, and what is warned of."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.dashboards.desks import filled
from services.dashboards.desks.queue_rows import Place
from services.dashboards.desks.steps import BY_ID, STEPS, following, steps_of
from services.dashboards.desks.words import due, event_name, lasting, rule_name, spoken
from services.domain.rules.completeness import REQUIRED, WORDS
from services.runtime.contracts import Contracts
from services.runtime.cursors import BadCursor

NOW = datetime(2026, 3, 5, 9, tzinfo=UTC)
CODES = {"harm": ["knife"], "area": ["E10000020"], "role": ["teacher"], "ethnicity": ["WBRI"]}


def wrong(step: str, **answers: Any) -> list[str]:  # noqa: ANN401 - as a form gives them
    return [fault.field for fault in filled.faults(BY_ID[step], answers, CODES)]


def dated(day: str, month: str, year: str) -> dict[str, str]:
    name = "date_of_birth"
    return {f"{name}-day": day, f"{name}-month": month, f"{name}-year": year}


@pytest.mark.parametrize("step", [step.id for step in STEPS if step.id != "urgency"])
def test_nothing_has_to_be_answered(step: str) -> None:
    assert wrong(step) == []


def test_but_how_urgent_it_is() -> None:
    assert wrong("urgency") == ["urgency"]
    assert wrong("urgency", urgency="immediate", sent_to="E10000020") == []


def test_what_cannot_be_kept_is_named_by_its_field() -> None:
    assert wrong("harms", harms=["knife", "nothing-known"]) == ["harms"]
    assert wrong("child", nhs_number="999 000 0018", upn="A" * 13) == []
    assert wrong("child", nhs_number="12", upn="A") == ["nhs_number", "upn"]
    assert wrong("child", **dated("31", "2", "2011")) == ["date_of_birth-day"]
    assert wrong("child", **dated("27", "4", "2011")) == []
    assert wrong("why", why="x" * 20_001) == ["why"]


def test_what_was_answered_is_said_and_nothing_else() -> None:
    answers = {
        "urgency": "standard", "why": "He was hit.", "ask": "", "harms": [], "considered": "no",
        "info-gp": "", "info-gp-unknown": "refused", "info-school": "Hillside",
    }  # fmt: skip
    assert filled.said_of(answers) == {
        "urgency": "standard",
        "reason": {"why": "He was hit."},
        "information": {"gp": {"unknown_because": "refused"}, "school": "Hillside"},
        "history": {"previous_incidents_considered": False},
    }


def test_the_child_is_stated_as_an_event_states_it() -> None:
    answers = {"given_name": "Wren", "nhs_number": "999 000 0018", **dated("7", "4", "2011")}
    assert filled.child_of(answers, "pages-1") == {
        "local_id": "pages-1", "given_name": "Wren", "nhs_number": "9990000018",
        "date_of_birth": "2011-04-07",
    }  # fmt: skip


def test_all_that_the_rules_would_miss_is_warned_of_and_each_leads_to_its_step(
    contracts: Contracts,
) -> None:
    policy = contracts.policy()
    required, words = policy.words(REQUIRED, NOW), policy.number(WORDS, NOW).value
    empty = filled.missing(contracts.reader.features({}, NOW), required, words)
    assert len(empty) == len(required) + 4
    assert {step for step, _ in empty} <= set(BY_ID)
    said = {"reason": {"why": "one two three four five", "voice_of_child": "No."},
            "information": dict.fromkeys(required, "known")}  # fmt: skip
    left = filled.missing(contracts.reader.features(said, NOW), required, words)
    assert [step for step, _ in left] == ["harm", "ask"]


def test_an_amendment_is_not_asked_who_the_child_is() -> None:
    steps = steps_of("amendment")
    assert BY_ID["child"] not in steps
    assert following("amendment", BY_ID["urgency"]) == BY_ID["harms"]
    assert following("amendment", steps[-1]) is None


def test_a_place_in_the_queue_is_read_back_and_nothing_else_is() -> None:
    place = Place(NOW, "open", NOW, UUID(int=7), "a" * 32)
    assert Place.decode(place.encode()) == place
    for word in ("", "not-a-place", place.encode()[:-4], "\N{LATIN SMALL LETTER E WITH ACUTE}"):
        with pytest.raises(BadCursor):
            Place.decode(word)


def test_codes_and_lengths_of_time_are_put_into_words() -> None:
    assert spoken("no-further-action") == "No further action"
    assert rule_name("timeliness.decision_overdue") == "Decision overdue"
    assert event_name("referral.made.v1") == "Referral made"
    assert event_name("training.completed.v1") == "Training completed"
    assert [lasting(timedelta(hours=hours)) for hours in (0, 1, 5, 24, 72)] == [
        "less than an hour", "1 hour", "5 hours", "1 day", "3 days",
    ]  # fmt: skip
    assert due(NOW + timedelta(hours=5), NOW) == "Due in 5 hours"
    assert due(NOW - timedelta(days=2), NOW) == "2 days over"
