"""The readings of contract.md 3.1 that no boundary table shows."""

from collections.abc import Iterator
from dataclasses import replace

from services.domain import events as e
from services.domain.chronology import Folded, fold
from services.domain.gaps import gap_id
from services.domain.judging import judge_folded
from services.domain.policy import Policy
from services.domain.rules.rule import Rule, Shortfall
from tests.domain.lives import (
    AREA,
    CARE,
    SCHOOL,
    chronology,
    event,
    gaps,
    intervals,
    policy,
    registry,
)

AMBER = event(e.EXPOSED, "2026-03-03T10:00:00Z", id_="a", incident_ref="I-1", grade="amber")
OPEN = [("2026-03-06T10:00:00Z", None)]


def made(time: str, ref: str = "R-1", *triggers: str) -> e.Event:
    return event(e.MADE, time, referral_ref=ref, triggers=list(triggers), sent_to=AREA)


def withdrawn(time: str) -> e.Event:
    return event(e.WITHDRAWN, time, referral_ref="R-1")


def decided(time: str, decision: str = "early-help") -> e.Event:
    return event(e.DECIDED, time, CARE, referral_ref="R-1", decision=decision)


def test_what_is_done_at_the_very_moment_of_an_elapsed_deadline_is_in_time() -> None:
    assert intervals("referral_not_made", AMBER, made("2026-03-06T10:00:00Z")) == []


def test_a_referral_withdrawn_before_any_decision_counts_as_not_made() -> None:
    referral, end = made("2026-03-03T11:00:00Z"), withdrawn("2026-03-03T12:00:00Z")
    assert intervals("referral_not_made", AMBER, referral, end) == OPEN
    later = decided("2026-03-03T13:00:00Z")
    assert intervals("referral_not_made", AMBER, referral, end, later) == OPEN


def test_a_referral_withdrawn_after_a_decision_still_counts() -> None:
    story = (made("2026-03-03T11:00:00Z"), withdrawn("2026-03-03T12:00:00Z"))
    assert intervals("referral_not_made", AMBER, *story, decided("2026-03-03T11:30:00Z")) == []


def test_a_referral_made_again_under_its_ref_counts_at_its_own_time() -> None:
    story = (made("2026-03-03T11:00:00Z"), withdrawn("2026-03-03T12:00:00Z"))
    again = made("2026-03-08T11:00:00Z")
    assert intervals("referral_not_made", AMBER, *story, again) == [
        ("2026-03-06T10:00:00Z", "2026-03-08T11:00:00Z")
    ]


def test_a_trigger_added_by_amendment_names_from_the_amendment() -> None:
    earlier = made("2026-03-01T11:00:00Z")
    named = event(e.AMENDED, "2026-03-07T09:00:00Z", referral_ref="R-1", triggers=["I-1"])
    assert intervals("referral_not_made", AMBER, earlier, named) == [
        ("2026-03-06T10:00:00Z", "2026-03-07T09:00:00Z")
    ]
    assert intervals("referral_not_made", AMBER, made("2026-03-01T11:00:00Z", "R-1", "I-1")) == []


def test_an_amendment_timed_before_its_referral_names_from_the_referral() -> None:
    named = event(e.AMENDED, "2026-03-03T09:00:00Z", referral_ref="R-1", triggers=["I-1"])
    assert intervals("referral_not_made", AMBER, named, made("2026-03-08T11:00:00Z")) == [
        ("2026-03-06T10:00:00Z", "2026-03-08T11:00:00Z")
    ]


def test_the_earliest_deadline_of_an_incident_is_its_anchor_and_referrals_count_from_it() -> None:
    red = event(e.EXPOSED, "2026-03-04T10:00:00Z", id_="r", incident_ref="I-1", grade="red")
    between = made("2026-03-03T20:00:00Z")
    (gap,) = (gap for gap in gaps(AMBER, red, between) if gap.agency == "norfolk-police")
    assert (gap.anchor, gap.evidence) == (red.key, (red.key, AMBER.key))
    assert intervals("referral_not_made", AMBER, red, between) == [("2026-03-05T10:00:00Z", None)]


def test_a_witness_sets_no_clock_but_joins_and_is_named() -> None:
    witness = event(
        e.INTERVIEWED,
        "2026-03-03T09:00:00Z",
        interview_ref="V-1",
        incident_ref="I-1",
        involvement="witness",
    )
    assert intervals("referral_not_made", witness) == []
    assert intervals("referral_not_made", AMBER, witness) == OPEN
    by_interview = event(e.NOT_REFERRED, "2026-03-05T10:00:00Z", triggers=["V-1"])
    assert intervals("referral_not_made", AMBER, witness, by_interview) == []


def test_the_last_second_is_forgiven_at_a_deadline_and_not_at_a_later_decision() -> None:
    received = event(e.RECEIVED, "2026-03-03T10:00:00Z", CARE, referral_ref="R-1")
    late = decided("2026-08-03T10:00:00Z", "section-17")
    done = event(
        e.ASSESSMENT_COMPLETED, late.time.replace(microsecond=500_000), CARE, referral_ref="R-1"
    )
    assert intervals("assessment_overdue", received, late, done) == [
        ("2026-08-03T10:00:00Z", "2026-08-03T10:00:00.500000Z")
    ]


def test_of_two_decisions_the_first_in_time_closes() -> None:
    first = replace(decided("2026-03-06T10:00:00Z"), id="z")
    second = replace(decided("2026-03-07T10:00:00Z"), id="a")
    assert intervals("decision_overdue", made("2026-03-03T10:00:00Z"), first, second) == [
        ("2026-03-04T23:59:59Z", "2026-03-06T10:00:00Z")
    ]


def discussion(day: int, ref: str | None = "R-1") -> e.Event:
    refs = {"referral_ref": ref} if ref else {}
    return event(e.DISCUSSED, f"2026-03-{day:02}T10:00:00Z", CARE, leads_to="section-47", **refs)


def test_one_conference_is_owed_a_referral_and_one_a_discussion_without() -> None:
    assert len(intervals("conference_overdue", discussion(3), discussion(5))) == 1
    assert len(intervals("conference_overdue", discussion(3), discussion(5, "R-2"))) == 2
    assert len(intervals("conference_overdue", discussion(3, None), discussion(5, None))) == 2


def test_a_conference_closes_where_the_refs_match_or_either_side_has_none() -> None:
    open_interval = [("2026-03-24T23:59:59Z", None)]
    without = event(e.CONFERENCE_HELD, "2026-03-10T10:00:00Z", CARE)
    own = event(e.CONFERENCE_HELD, "2026-03-10T10:00:00Z", CARE, referral_ref="R-1")
    other = event(e.CONFERENCE_HELD, "2026-03-10T10:00:00Z", CARE, referral_ref="R-2")
    earlier = event(e.CONFERENCE_HELD, "2026-03-02T10:00:00Z", CARE, referral_ref="R-1")
    assert intervals("conference_overdue", discussion(3), without) == []
    assert intervals("conference_overdue", discussion(3), own) == []
    assert intervals("conference_overdue", discussion(3), other) == open_interval
    assert intervals("conference_overdue", discussion(3), earlier) == open_interval
    assert intervals("conference_overdue", discussion(3, None), other) == []


def test_nothing_said_of_a_referral_after_its_withdrawal_opens_a_gap() -> None:
    story = (made("2026-03-02T09:00:00Z"), withdrawn("2026-03-02T10:00:00Z"))
    said = (discussion(3), decided("2026-03-03T10:00:00Z", "section-47"))
    assert gaps(*story, *said) == []


def test_only_therapeutic_support_is_timed() -> None:
    referred = event(
        e.SERVICE_REFERRED, "2026-03-03T10:00:00Z", SCHOOL, service_ref="S-1", kind="therapeutic"
    )
    mentoring = replace(referred, facts={**referred.facts, "kind": "mentoring"})
    assert intervals("support_not_started", referred) == [("2026-03-31T10:00:00Z", None)]
    assert intervals("support_not_started", mentoring) == []


def test_a_thing_owed_again_has_its_ordinal_in_its_name() -> None:
    def twice(folded: Folded, _: Policy) -> Iterator[Shortfall]:
        for day in (5, 4):
            opens_at = AMBER.time.replace(day=day)
            (anchor,) = folded.events
            yield Shortfall(
                ("incident_ref", "I-1"), anchor, "norfolk-police", opens_at, None, code="again"
            )

    rule = Rule("tests.twice", "1", "gap", 1, (e.MADE,), frozenset({e.EXPOSED}), twice)
    found = judge_folded([rule], fold(chronology([AMBER]), registry()), policy())
    named = ("tests.twice", "incident_ref", "I-1", "record-1")
    assert [gap.gap_id for gap in found] == [gap_id(*named), gap_id(*named, "2")]


def test_a_withdrawal_alone_is_no_sign_that_a_gap_could_be_seen_to_close() -> None:
    feeds = replace(policy().feeds.feeds[0], sender="norfolk-csc", types=("referral.*",))
    by = replace(policy(), feeds=replace(policy().feeds, feeds=(feeds,)))
    assert [gap.observed for gap in gaps(made("2026-03-02T09:00:00Z"), by=by)] == [False, False]
