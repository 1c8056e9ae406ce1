"""Boundaries of `equity.no_appropriate_adult`, for a detention; an interview's have their own file.

contract.md 3: owed "[3 h] after a detention with none arrived", closed by "`arrived_at` on a later
event of that custody". 3.1: "a detention's closes at the earliest `arrived_at`, on any event of
that custody in whatever order, or at an interview of that custody with an adult present; arrival or
release within the 3 h means nothing is owed; a later release closes it."
"""

from functools import partial

import pytest

from tests.domain.rules.build import Wire, detained, interviewed, made, span, stamp, when
from tests.domain.rules.equity_build import gaps, spans, the_gap

RULE = "no_appropriate_adult"
AT, DUE = "2026-03-03 09:00", "2026-03-03 12:00"
HELD = detained(AT)
joined = partial(interviewed, custody_ref="C-1", appropriate_adult_present=True)


def utc(london: str) -> str:
    return stamp(when(london))


def arrived(at: str) -> Wire:
    return {"appropriate_adult": {"called_at": utc(AT), "arrived_at": utc(at)}}


WITHIN = ["2026-03-03 09:00", "2026-03-03 11:59:59.999999", "2026-03-03 12:00"]
AFTER = ["2026-03-03 12:00:00.000001", "2026-03-03 12:30", "2026-03-04 07:15"]
within, after = pytest.mark.parametrize("at", WITHIN), pytest.mark.parametrize("at", AFTER)


def test_it_is_owed_3_hours_after_a_detention_with_none_arrived() -> None:
    assert spans(RULE, HELD) == [span(DUE)]


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-03-29T00:00:00Z", "2026-03-29T03:00:00Z"),
        ("2026-10-24T23:30:00Z", "2026-10-25T02:30:00Z"),
    ],
    ids=["the night of the change in march", "the night of the change in october"],
)
def test_hours_are_elapsed_time(at: str, opens: str) -> None:
    assert spans(RULE, detained(at)) == [span(opens)]


def test_called_is_not_arrived() -> None:
    called = {"called_at": utc("2026-03-03 09:30")}
    assert spans(RULE, detained(AT, appropriate_adult=called)) == [span(DUE)]
    assert spans(RULE, detained(AT, appropriate_adult={})) == [span(DUE)]


@within
def test_arrival_within_the_3_hours_means_nothing_is_owed(at: str) -> None:
    assert gaps(RULE, detained(AT, **arrived(at))) == []


@after
def test_arrival_after_the_3_hours_closes(at: str) -> None:
    assert spans(RULE, detained(AT, **arrived(at))) == [span(DUE, at)]


# "on any event of that custody in whatever order"
OTHERS = ["2026-03-03 08:00", "2026-03-03 09:00", "2026-03-03 10:00", "2026-03-05 09:00"]


@pytest.mark.parametrize("told_at", OTHERS[2:])
def test_an_arrival_told_by_a_later_event_of_that_custody_counts(told_at: str) -> None:
    assert gaps(RULE, HELD, detained(told_at, **arrived("2026-03-03 11:00"))) == []
    late = arrived("2026-03-03 14:00")
    assert spans(RULE, HELD, detained(told_at, **late)) == [span(DUE, "2026-03-03 14:00")]


def test_the_earliest_arrival_counts_whichever_event_tells_it() -> None:
    one = detained("2026-03-03 10:00", **arrived("2026-03-03 16:00"))
    other = detained("2026-03-03 20:00", **arrived("2026-03-03 14:00"))
    assert spans(RULE, HELD, one, other) == [span(DUE, "2026-03-03 14:00")]
    swapped = detained("2026-03-03 10:00", **arrived("2026-03-03 14:00"))
    again = detained("2026-03-03 20:00", **arrived("2026-03-03 16:00"))
    assert spans(RULE, HELD, swapped, again) == [span(DUE, "2026-03-03 14:00")]


def test_an_arrival_told_by_the_detention_itself_counts_beside_a_later_one() -> None:
    again = detained("2026-03-03 20:00", **arrived("2026-03-03 19:00"))
    assert gaps(RULE, detained(AT, **arrived("2026-03-03 10:00")), again) == []


@within
def test_release_within_the_3_hours_means_nothing_is_owed(at: str) -> None:
    assert gaps(RULE, detained(AT, released_at=utc(at))) == []
    assert gaps(RULE, HELD, detained("2026-03-03 18:00", released_at=utc(at))) == []


@after
def test_a_later_release_closes(at: str) -> None:
    assert spans(RULE, detained(AT, released_at=utc(at))) == [span(DUE, at)]
    told = detained("2026-03-04 18:00", released_at=utc(at))
    assert spans(RULE, HELD, told) == [span(DUE, at)]


def test_the_first_of_what_closes_it_closes() -> None:
    release = {"released_at": utc("2026-03-03 15:00")}
    late, early = arrived("2026-03-03 17:00"), arrived("2026-03-03 13:00")
    assert spans(RULE, detained(AT, **release, **late)) == [span(DUE, "2026-03-03 15:00")]
    assert spans(RULE, detained(AT, **release, **early)) == [span(DUE, "2026-03-03 13:00")]
    talk = joined("2026-03-03 12:30")
    assert spans(RULE, detained(AT, **release), talk) == [span(DUE, "2026-03-03 12:30")]


# "or at an interview of that custody with an adult present"
@within
def test_an_interview_with_an_adult_within_the_3_hours_satisfies(at: str) -> None:
    assert gaps(RULE, HELD, joined(at)) == []


@after
def test_an_interview_with_an_adult_after_the_3_hours_closes(at: str) -> None:
    assert spans(RULE, HELD, joined(at)) == [span(DUE, at)]


ELSE: dict[str, Wire] = {
    "an interview with an adult in another custody": joined("2026-03-03 10:00", custody_ref="C-2"),
    "an interview with an adult in no custody": joined("2026-03-03 10:00", custody_ref=None),
    "a referral": made("2026-03-03 10:00", triggers=["C-1"]),
    "another event of that custody that tells of none": detained("2026-03-03 10:00"),
}


@pytest.mark.parametrize("other", ELSE.values(), ids=ELSE)
def test_nothing_else_closes_it(other: Wire) -> None:
    assert spans(RULE, HELD, other) == [span(DUE)]


def test_the_same_incident_is_not_the_same_custody() -> None:
    held = detained(AT, incident_ref="I-1")
    other = detained("2026-03-03 10:00", custody_ref="C-2", incident_ref="I-1")
    brought = {**other, "facts": {**other["facts"], **arrived("2026-03-03 10:30")}}
    assert spans(RULE, held, brought) == [span(DUE)]


# contract.md 3 says "The same thing owed is judged once: obligations are keyed by the ref".
def test_a_custody_told_twice_is_owed_one_adult_from_its_first_event() -> None:
    gap = the_gap(RULE, detained("2026-03-03 10:00", id="again"), detained(AT, id="first"))
    assert (gap.opens_at, gap.anchor[1], gap.closes_at) == (span(DUE)[0], "first", None)


def test_each_custody_is_owed_its_own() -> None:
    other = detained("2026-03-08 09:00", custody_ref="C-2", **arrived("2026-03-08 13:00"))
    later = span("2026-03-08 12:00", "2026-03-08 13:00")
    assert spans(RULE, HELD, other) == [span(DUE), later]
