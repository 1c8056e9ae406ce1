"""`timeliness.referral_not_made` is owed once for what belongs together, and until truly done.

contract.md 3: "One obligation for all events that share a `custody_ref` or an `incident_ref`."
"""

import pytest

from tests.domain.rules.build import (
    Span,
    Wire,
    amended,
    concerned,
    decided,
    detained,
    exposed,
    gaps,
    interviewed,
    made,
    missing,
    retracted,
    span,
    spans,
    the_gap,
    withdrawn,
)

RULE = "referral_not_made"
AT = "2026-03-03 09:00"
DUE = "2026-03-04 09:00"
LATER = "2026-03-03 12:00"

TOGETHER: dict[str, tuple[Wire, ...]] = {
    "a custody": (detained(AT), interviewed(LATER, custody_ref="C-1")),
    "an incident of two agencies": (
        exposed(AT, grade="red"),
        concerned(LATER, grade="red", incident_ref="I-1"),
    ),
    # 3.1: "Events are one incident if they share, directly or through other events, ..."
    "a custody and an incident, through a third event": (
        exposed(AT, grade="red"),
        interviewed(LATER, custody_ref="C-1"),
        detained("2026-03-03 15:00", incident_ref="I-1"),
    ),
    # 3.1: "An incident is any detention, interview, ... event, whatever the involvement."
    "a custody and an incident, through the interview of a witness": (
        exposed(AT, grade="red"),
        detained(LATER),
        interviewed(
            "2026-03-03 15:00", custody_ref="C-1", incident_ref="I-1", involvement="witness"
        ),
    ),
    # 3.1: "Two events with the same `interview_ref` or `concern_ref` are always one incident."
    "an interview told twice": (interviewed(AT), interviewed(LATER)),
    "a concern told twice": (concerned(AT, grade="red"), concerned(LATER, grade="red")),
}


@pytest.mark.parametrize("events", TOGETHER.values(), ids=TOGETHER)
def test_a_referral_is_owed_once_for(events: tuple[Wire, ...]) -> None:
    assert spans(RULE, *events) == [span(DUE)]


def test_it_is_owed_for_each_of_what_shares_nothing() -> None:
    two = detained(AT), exposed(LATER, grade="red")
    assert spans(RULE, *two) == [span(DUE), span("2026-03-04 12:00")]


def test_it_is_owed_for_each_again_when_what_joined_them_is_retracted() -> None:
    joint = interviewed(
        "2026-03-03 15:00", custody_ref="C-1", incident_ref="I-1", involvement="victim"
    )
    two = detained(AT), exposed(LATER, grade="red")
    assert len(gaps(RULE, *two, joint)) == 1
    assert len(gaps(RULE, *two, joint, retracted(joint))) == 2


# "the deadline is the earliest of the deadlines of all owing events of the obligation and its
# anchor is the event that gives it"
AMBER = exposed(AT, id="amber", grade="amber")
HELD = detained("2026-03-03 10:00", id="held", incident_ref="I-1")


def test_the_earliest_deadline_counts_and_its_event_is_the_anchor() -> None:
    gap = the_gap(RULE, AMBER, HELD)
    assert (gap.opens_at, gap.closes_at) == span("2026-03-04 10:00")
    assert gap.anchor == (HELD["source"], "held")


def test_an_event_with_a_later_deadline_changes_nothing() -> None:
    red = exposed("2026-03-06 08:59", id="red", grade="red")
    gap = the_gap(RULE, AMBER, red)
    assert (gap.opens_at, gap.anchor[1]) == (span("2026-03-06 09:00")[0], "amber")


# 3.1: "Ties are ordered by (`time`, `source`, `id`)."
TIES: dict[str, tuple[Wire, Wire, str]] = {
    "the earlier event": (AMBER, exposed("2026-03-05 09:00", id="a", grade="red"), "amber"),
    "of one time, the first source": (
        detained(AT, id="a", incident_ref="I-1"),
        exposed(AT, id="z", grade="red"),
        "z",  # /norfolk-police/crime is before /norfolk-police/custody
    ),
    "of one time and source, the first id": (
        exposed(AT, id="b", grade="red"),
        exposed(AT, id="a", grade="red"),
        "a",
    ),
}


@pytest.mark.parametrize(("one", "other", "anchor"), TIES.values(), ids=TIES)
def test_of_two_with_one_deadline_the_anchor_is(one: Wire, other: Wire, anchor: str) -> None:
    assert the_gap(RULE, one, other).anchor[1] == anchor
    assert the_gap(RULE, other, one).anchor[1] == anchor


# 3.1: "events that owe nothing (green; witness or victim interviews) set no clock"
SILENT: dict[str, Wire] = {
    "a green exposure": exposed("2026-03-01 09:00", grade="green", custody_ref="C-1"),
    "the interview of a witness": interviewed(
        "2026-03-01 09:00", involvement="witness", custody_ref="C-1"
    ),
    "the interview of a victim": interviewed(
        "2026-03-01 09:00", involvement="victim", custody_ref="C-1"
    ),
    "a child missing": missing("2026-03-01 09:00", custody_ref="C-1"),
}


@pytest.mark.parametrize("silent", SILENT.values(), ids=SILENT)
def test_no_clock_is_set_by(silent: Wire) -> None:
    gap = the_gap(RULE, silent, detained(AT, id="held"))
    assert (gap.opens_at, gap.anchor[1]) == (span(DUE)[0], "held")


# "Its refs are every custody, incident, interview and concern ref of its events."
@pytest.mark.parametrize("ref", ["C-1", "I-1", "V-1", "N-1"])
def test_an_earlier_referral_may_name_any_of_its_refs(ref: str) -> None:
    events = (
        detained(AT, incident_ref="I-1"),
        interviewed(LATER, custody_ref="C-1", involvement="witness"),
        concerned(LATER, grade="green", incident_ref="I-1"),
    )
    assert gaps(RULE, *events, made("2026-03-02 09:00", triggers=[ref])) == []


# ""At or after the event" is the anchor."
def test_a_referral_before_the_anchor_counts_only_if_it_names_a_ref() -> None:
    between = "2026-03-03 09:30"
    assert spans(RULE, AMBER, HELD, made(between)) == [span("2026-03-04 10:00")]
    assert gaps(RULE, AMBER, HELD, made(between, triggers=["I-1"])) == []


def test_a_second_detention_owes_a_referral_of_its_own() -> None:
    again = detained("2026-03-10 09:00", custody_ref="C-2")
    first = made(LATER, triggers=["C-1"])
    assert spans(RULE, detained(AT), first, again) == [span("2026-03-11 09:00")]


# "A trigger added by amendment names from the amendment's `time`."
NAMING: dict[str, tuple[str, list[Span]]] = {
    "before the event": ("2026-03-02 09:00", []),
    "in time": ("2026-03-04 08:00", []),
    "at the limit": (DUE, []),
    "late": ("2026-03-05 09:00", [span(DUE, "2026-03-05 09:00")]),
}


@pytest.mark.parametrize(("at", "expected"), NAMING.values(), ids=NAMING)
def test_a_trigger_added_by_amendment_names_from_then(at: str, expected: list[Span]) -> None:
    earlier = made("2026-03-01 09:00", triggers=["C-9"])
    naming = amended(at, triggers=["C-9", "C-1"])
    assert spans(RULE, detained(AT), earlier, naming) == expected


# "A referral withdrawn before any decision on it closes nothing, as if it had not been made; one
# withdrawn after a decision still counts."
MADE = made("2026-03-03 10:00")
UNDONE: dict[str, tuple[tuple[Wire, ...], list[Span]]] = {
    "withdrawn before any decision": ((MADE, withdrawn("2026-03-03 11:00")), [span(DUE)]),
    "withdrawn long after, with no decision": ((MADE, withdrawn("2026-04-03 11:00")), [span(DUE)]),
    "withdrawn before the decision came": (
        (MADE, withdrawn("2026-03-03 11:00"), decided("2026-03-03 12:00")),
        [span(DUE)],
    ),
    "withdrawn after a decision": (
        (MADE, decided("2026-03-03 11:00"), withdrawn("2026-03-03 12:00")),
        [],
    ),
    "an earlier one that names it, withdrawn before any decision": (
        (made("2026-03-01 09:00", triggers=["C-1"]), withdrawn("2026-03-01 10:00")),
        [span(DUE)],
    ),
    "an earlier one that names it, withdrawn after a decision": (
        (
            made("2026-03-01 09:00", triggers=["C-1"]),
            decided("2026-03-02 10:00"),
            withdrawn("2026-03-04 10:00"),
        ),
        [],
    ),
    "withdrawn, and another made late": (
        (MADE, withdrawn("2026-03-03 11:00"), made("2026-03-06 09:00", referral_ref="R-2")),
        [span(DUE, "2026-03-06 09:00")],
    ),
    "withdrawn, and made again with the same ref": (
        (MADE, withdrawn("2026-03-03 11:00"), made("2026-03-03 12:00")),
        [],
    ),
    "one of two withdrawn": (
        (MADE, withdrawn("2026-03-03 11:00"), made("2026-03-03 12:00", referral_ref="R-2")),
        [],
    ),
    "decided, but another than the one withdrawn": (
        (MADE, withdrawn("2026-03-03 12:00"), decided("2026-03-03 11:00", referral_ref="R-2")),
        [span(DUE)],
    ),
}


@pytest.mark.parametrize(("events", "expected"), UNDONE.values(), ids=UNDONE)
def test_a_referral_withdrawn(events: tuple[Wire, ...], expected: list[Span]) -> None:
    assert spans(RULE, detained(AT), *events) == expected


# "Outside completeness a second `referral.made` with the same ref is a referral at its own time."
def test_a_second_referral_with_the_same_ref_counts_at_its_own_time() -> None:
    twice = made("2026-03-01 09:00"), made("2026-03-05 09:00")
    assert spans(RULE, detained(AT), *twice) == [span(DUE, "2026-03-05 09:00")]
