"""Boundaries of `equity.no_appropriate_adult`, for an interview.

contract.md 3: owed "at an interview without one". 3.1: "An interview's applies to every
involvement; only an `arrived_at` after it in the same custody closes it."
"""

from functools import partial

import pytest

from tests.domain.rules.build import Wire, detained, interviewed, made, span, stamp, when
from tests.domain.rules.equity_build import gaps, spans, the_gap

RULE = "no_appropriate_adult"
AT = "2026-03-03 10:00"
alone = partial(interviewed, appropriate_adult_present=False)
IN_CUSTODY = alone(AT, custody_ref="C-1", basis="custody")


def brought(at: str, told_at: str = "2026-03-03 09:00", **facts: str) -> Wire:
    """A detention within whose record an adult arrived."""
    arrived = {"arrived_at": stamp(when(at))}
    return detained(told_at, appropriate_adult=arrived, **facts)


# "applies to every involvement"
@pytest.mark.parametrize("involvement", ["suspect", "witness", "victim"])
@pytest.mark.parametrize("basis", ["custody", "voluntary"])
def test_it_is_owed_at_an_interview_without_one(involvement: str, basis: str) -> None:
    assert spans(RULE, alone(AT, involvement=involvement, basis=basis)) == [span(AT)]
    in_custody = alone(AT, involvement=involvement, basis=basis, custody_ref="C-1")
    assert spans(RULE, in_custody) == [span(AT)]


@pytest.mark.parametrize("custody_ref", [None, "C-1"])
def test_with_one_present_nothing_is_owed(custody_ref: str | None) -> None:
    talk = alone(AT, custody_ref=custody_ref, appropriate_adult_present=True)
    assert gaps(RULE, talk) == []


def of_the_interview(*events: Wire) -> list[tuple[object, object]]:
    """The gap anchored on the interview, for a custody may owe one of its own."""
    opened = [gap for gap in gaps(RULE, *events) if gap.opens_at == when(AT)]
    return [(gap.opens_at, gap.closes_at) for gap in opened]


AFTER = ["2026-03-03 10:00:00.000001", "2026-03-03 10:30", "2026-03-04 09:00"]


# "only an `arrived_at` after it in the same custody closes it"
@pytest.mark.parametrize("at", AFTER)
@pytest.mark.parametrize("told_at", ["2026-03-03 09:00", "2026-03-03 11:00", "2026-03-05 09:00"])
def test_an_arrival_after_it_in_the_same_custody_closes(at: str, told_at: str) -> None:
    assert of_the_interview(IN_CUSTODY, brought(at, told_at)) == [span(AT, at)]


@pytest.mark.parametrize("told_at", ["2026-03-03 09:00", "2026-03-03 11:00"])
@pytest.mark.parametrize("at", ["2026-03-03 09:30", "2026-03-03 09:59:59.999999", AT])
def test_an_arrival_not_after_it_closes_nothing(at: str, told_at: str) -> None:
    assert of_the_interview(IN_CUSTODY, brought(at, told_at)) == [span(AT)]


def test_the_first_arrival_after_it_closes() -> None:
    before = brought("2026-03-03 09:30")
    late = brought("2026-03-03 18:00", "2026-03-03 19:00")
    first = brought("2026-03-03 13:00", "2026-03-03 20:00")
    closed = [span(AT, "2026-03-03 13:00")]
    assert of_the_interview(IN_CUSTODY, before, late, first) == closed


RELEASED = stamp(when("2026-03-03 11:00"))
ELSE: dict[str, tuple[Wire, Wire]] = {
    "an arrival in another custody": (
        IN_CUSTODY,
        brought("2026-03-03 10:30", custody_ref="C-2"),
    ),
    "an arrival where the interview was in no custody": (alone(AT), brought("2026-03-03 10:30")),
    "a release": (IN_CUSTODY, detained("2026-03-03 09:00", released_at=RELEASED)),
    "another interview with an adult": (
        IN_CUSTODY,
        alone(
            "2026-03-03 11:00",
            interview_ref="V-2",
            custody_ref="C-1",
            appropriate_adult_present=True,
        ),
    ),
    "a referral": (IN_CUSTODY, made("2026-03-03 11:00", triggers=["V-1"])),
}


@pytest.mark.parametrize(("talk", "other"), ELSE.values(), ids=ELSE)
def test_nothing_else_closes_it(talk: Wire, other: Wire) -> None:
    assert of_the_interview(talk, other) == [span(AT)]


def test_the_custody_and_its_interview_are_each_owed_one() -> None:
    both = detained("2026-03-03 09:00"), alone("2026-03-03 11:00", custody_ref="C-1")
    assert spans(RULE, *both) == [span("2026-03-03 11:00"), span("2026-03-03 12:00")]
    assert len({gap.gap_id for gap in gaps(RULE, *both)}) == 2


def test_an_interview_without_one_is_no_adult_for_the_custody() -> None:
    talk = alone("2026-03-03 13:00", custody_ref="C-1")
    opened = [span("2026-03-03 12:00"), span("2026-03-03 13:00")]
    assert spans(RULE, detained("2026-03-03 09:00"), talk) == opened


# contract.md 3 says "The same thing owed is judged once: obligations are keyed by the ref".
def test_an_interview_told_twice_is_owed_one_adult() -> None:
    gap = the_gap(RULE, alone("2026-03-03 10:20", id="again"), alone(AT, id="first"))
    assert (gap.opens_at, gap.anchor[1]) == (span(AT)[0], "first")


def test_each_interview_is_owed_its_own() -> None:
    two = IN_CUSTODY, alone("2026-03-03 12:00", interview_ref="V-2", custody_ref="C-1")
    assert spans(RULE, *two) == [span(AT), span("2026-03-03 12:00")]
    between = brought("2026-03-03 11:00")
    closed = [span(AT, "2026-03-03 11:00"), span("2026-03-03 12:00")]
    assert spans(RULE, *two, between) == closed
