from dataclasses import replace
from datetime import date

import pytest

from services.domain import events as e
from services.domain.events import Event
from services.domain.gaps import Gap, gap_id
from services.domain.judging import CannotJudge, judge
from services.domain.rules.catalogue import CATALOGUE
from tests.domain.lives import (
    AREA,
    CARE,
    CENSUS,
    POLICE,
    SCHOOL,
    calendar,
    chronology,
    event,
    gaps,
    intervals,
    policy,
    retraction,
)

DETENTION = event(
    e.DETAINED, "2026-03-03T22:10:00Z", id_="d", custody_ref="C-1", unit="general-cid"
)
MADE = event(
    e.MADE,
    "2026-03-04T10:00:00Z",
    id_="m",
    referral_ref="R-1",
    triggers=["C-1"],
    sent_to=AREA,
    unit="custody",
)
RECEIVED = event(e.RECEIVED, "2026-03-05T09:00:00Z", CARE, id_="r", referral_ref="R-1")
DECIDED = event(
    e.DECIDED, "2026-03-09T09:00:00Z", CARE, id_="x", referral_ref="R-1", decision="section-47"
)


def found(rule: str, *events: Event) -> Gap:
    (gap,) = (gap for gap in gaps(*events) if gap.rule == f"timeliness.{rule}")
    return gap


def test_a_family_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(KeyError):
        judge("weather", chronology([]), policy())


def test_no_two_rules_have_one_name() -> None:
    assert len({rule.name for rule in CATALOGUE}) == len(CATALOGUE)


def test_a_child_merged_into_another_or_erased_has_no_gaps() -> None:
    known = chronology([DETENTION])
    assert judge("timeliness", known, policy())
    assert judge("timeliness", replace(known, merged_into="child-2"), policy()) == []
    assert judge("timeliness", replace(known, erased=True), policy()) == []


def test_a_gap_says_who_owes_what_and_on_what_evidence() -> None:
    gap = found("referral_not_made", DETENTION)
    assert gap == Gap(
        gap_id=gap_id("timeliness.referral_not_made", "custody_ref", "C-1", "record-1"),
        rule="timeliness.referral_not_made",
        rule_version=1,
        policy_version=policy().version,
        lesson="1",
        kind="gap",
        observed=True,
        child_ref="child-1",
        referral_ref=None,
        anchor=(POLICE, "d"),
        agency="norfolk-police",
        visible_to=(),
        unit="general-cid",
        opens_at=gap.opens_at,
        closes_at=None,
        why=gap.why,
        evidence=((POLICE, "d"),),
    )


def test_a_gap_comes_back_from_the_wire_as_it_was() -> None:
    late = replace(DECIDED, time=DECIDED.time.replace(microsecond=5))
    for gap in gaps(DETENTION, MADE, RECEIVED, late):
        assert Gap.from_wire(gap.to_wire()) == gap


def test_a_decision_is_owed_by_the_social_care_of_the_area_and_seen_by_the_sender() -> None:
    gap = found("decision_overdue", MADE, RECEIVED, DECIDED)
    assert (gap.agency, gap.visible_to, gap.referral_ref) == (
        "norfolk-csc",
        ("norfolk-police",),
        "R-1",
    )
    assert gap.evidence == (MADE.key, RECEIVED.key, DECIDED.key)


def test_the_unit_of_another_agencys_practitioner_is_not_put_on_who_owes() -> None:
    assert found("decision_overdue", MADE, DECIDED).unit is None


def test_an_assessment_is_not_shown_to_the_sender_of_the_referral() -> None:
    assert found("assessment_overdue", MADE, RECEIVED, DECIDED).visible_to == ()


def test_a_referral_to_an_area_nobody_holds_is_owed_by_who_received_it() -> None:
    away = replace(MADE, facts={**MADE.facts, "sent_to": "E09000001"})
    assert found("decision_overdue", away, RECEIVED).agency == "norfolk-csc"


def test_the_area_last_stated_says_who_owes() -> None:
    away = replace(MADE, facts={**MADE.facts, "sent_to": "E09000001"})
    mended = event(e.AMENDED, "2026-03-04T11:00:00Z", referral_ref="R-1", sent_to=AREA)
    assert found("decision_overdue", away, mended).agency == "norfolk-csc"


def test_a_conference_without_any_referral_is_owed_by_who_held_the_discussion() -> None:
    held = event(e.DISCUSSED, "2026-03-04T10:00:00Z", CARE, leads_to="section-47")
    gap = found("conference_overdue", held)
    assert (gap.agency, gap.referral_ref) == ("norfolk-csc", None)


def test_what_a_census_cannot_show_is_not_observed_and_what_it_can_is() -> None:
    received = replace(RECEIVED, source=CENSUS)
    decided = replace(DECIDED, source=CENSUS)
    seen = {gap.rule: gap.observed for gap in gaps(received, decided)}
    assert seen == {
        "timeliness.decision_overdue": False,
        "timeliness.referrer_not_told": False,
        "timeliness.assessment_overdue": True,
    }


def test_gaps_are_listed_by_their_opening() -> None:
    listed = gaps(DETENTION, MADE, RECEIVED, DECIDED)
    assert listed == sorted(listed, key=lambda gap: (gap.opens_at, gap.rule, gap.gap_id))
    assert len(listed) == 3


def test_what_is_done_within_the_last_second_of_a_working_day_is_in_time() -> None:
    within = replace(DECIDED, time=DECIDED.time.replace(day=6, hour=23, minute=59, second=59))
    assert intervals("decision_overdue", RECEIVED, within) == []
    half = replace(within, time=within.time.replace(microsecond=500_000))
    assert intervals("decision_overdue", RECEIVED, half) == []
    after = replace(within, time=within.time.replace(day=7, hour=0, minute=0, second=0))
    assert intervals("decision_overdue", RECEIVED, after) == [
        ("2026-03-06T23:59:59Z", "2026-03-07T00:00:00Z")
    ]


def test_what_has_only_a_day_closes_on_its_day_whatever_the_hour() -> None:
    opener = event(
        e.DISCUSSED, "2026-03-02T15:00:00Z", CARE, leads_to="section-47", referral_ref="R-1"
    )
    same_day = event(
        e.CONFERENCE_HELD, "2026-03-02T00:00:00Z", CENSUS, referral_ref="R-1", day_only=True
    )
    assert intervals("conference_overdue", opener, same_day) == []
    timed = replace(same_day, facts={"referral_ref": "R-1"})
    assert intervals("conference_overdue", opener, timed) == [("2026-03-23T23:59:59Z", None)]


def test_a_deadline_past_the_calendars_end_is_not_guessed() -> None:
    short = replace(policy(), calendar=replace(calendar(), last=date(2026, 3, 5)))
    with pytest.raises(CannotJudge) as raised:
        gaps(RECEIVED, by=short)
    assert raised.value.code == "calendar-ends"


def test_a_time_before_all_calendars_is_not_guessed() -> None:
    ancient = replace(RECEIVED, time=RECEIVED.time.replace(year=1, month=1, day=1, hour=0))
    with pytest.raises(CannotJudge) as raised:
        gaps(ancient)
    assert raised.value.code == "time-out-of-range"


def test_an_event_at_18_opens_nothing_and_joins_nothing() -> None:
    grown = replace(DETENTION, facts={**DETENTION.facts, "child": {"age": 18}})
    assert gaps(grown) == []
    bridge = event(
        e.INTERVIEWED,
        "2026-03-04T09:00:00Z",
        interview_ref="V-1",
        custody_ref="C-1",
        incident_ref="I-1",
        involvement="witness",
        age=18,
    )
    exposed = event(e.EXPOSED, "2026-03-04T10:00:00Z", incident_ref="I-1", grade="red")
    assert len(intervals("referral_not_made", DETENTION, bridge, exposed)) == 2


def test_turning_18_later_closes_nothing() -> None:
    grown = replace(RECEIVED, facts={**RECEIVED.facts, "child": {"age": 18}})
    assert intervals("decision_overdue", MADE, grown) == [("2026-03-06T23:59:59Z", None)]


def test_a_decision_at_18_owes_no_assessment() -> None:
    grown = replace(DECIDED, facts={**DECIDED.facts, "child": {"age": 18}})
    assert intervals("assessment_overdue", MADE, RECEIVED, DECIDED) != []
    assert intervals("assessment_overdue", MADE, RECEIVED, grown) == []


def test_an_unknown_age_is_a_childs_and_said() -> None:
    unknown = replace(DETENTION, facts={**DETENTION.facts, "child": {"age": None}})
    assert found("referral_not_made", unknown).why.params["age_unknown"] is True
    assert found("referral_not_made", DETENTION).why.params["age_unknown"] is False


def test_a_retracted_referral_was_never_made() -> None:
    assert intervals("referral_not_made", DETENTION, MADE) == []
    assert intervals("referral_not_made", DETENTION, MADE, retraction(MADE)) == [
        ("2026-03-04T22:10:00Z", None)
    ]


def test_a_change_by_another_agency_closes_nothing() -> None:
    withdrawn = event(e.WITHDRAWN, "2026-03-05T10:00:00Z", SCHOOL, referral_ref="R-1")
    assert intervals("decision_overdue", MADE, withdrawn) == [("2026-03-05T23:59:59Z", None)]
    own = replace(withdrawn, source=POLICE, agency="norfolk-police")
    assert intervals("decision_overdue", MADE, own) == []
