from dataclasses import replace
from uuid import UUID

from services.domain import events as e
from services.domain.gaps import Gap, gap_id
from services.domain.judging import judge
from tests.domain.lives import AREA, CARE, chronology, event, gaps, policy

DETENTION = event(e.DETAINED, "2026-03-03T22:10:00Z", id_="d", custody_ref="C-1")
MADE = event(e.MADE, "2026-03-04T10:00:00Z", id_="m", referral_ref="R-1", sent_to=AREA)
RECEIVED = event(e.RECEIVED, "2026-03-05T09:00:00Z", CARE, id_="r", referral_ref="R-1")


def found(rule: str, *events: e.Event) -> Gap:
    (gap,) = (gap for gap in gaps(*events) if gap.rule == f"timeliness.{rule}")
    return gap


def test_a_gap_keeps_its_name_when_a_later_event_of_the_custody_comes() -> None:
    later = event(
        e.INTERVIEWED,
        "2026-03-03T23:00:00Z",
        interview_ref="V-1",
        custody_ref="C-1",
        involvement="suspect",
    )
    gap = found("referral_not_made", DETENTION)
    assert found("referral_not_made", DETENTION, later).gap_id == gap.gap_id


def test_a_gap_keeps_its_name_when_its_child_is_linked_to_another() -> None:
    named = found("referral_not_made", DETENTION).gap_id
    other = event(e.DETAINED, "2026-01-03T22:10:00Z", custody_ref="C-0", record="record-2")
    moved = replace(chronology([DETENTION, other]), child_ref="child-2")
    assert named in {gap.gap_id for gap in judge("timeliness", moved, policy())}


def test_two_children_in_one_incident_have_two_gaps_of_different_names() -> None:
    other = replace(DETENTION, record_ref="record-2")
    assert found("referral_not_made", DETENTION).gap_id != found("referral_not_made", other).gap_id


def test_the_record_in_a_name_is_that_of_the_first_event_that_carries_the_ref() -> None:
    received = replace(RECEIVED, time=MADE.time, record_ref="record-2")
    first = gap_id("timeliness.decision_overdue", "referral_ref", "R-1", "record-2")
    assert received.order < MADE.order
    assert found("decision_overdue", MADE, received).gap_id == first


def test_a_name_is_a_uuid_of_version_5_and_its_parts_do_not_run_together() -> None:
    assert UUID(gap_id("a", "b", "c", "d")).version == 5
    assert gap_id("a", "bc", "d", "e") != gap_id("a", "b", "cd", "e")
    assert gap_id("a", "b", "c", "d") != gap_id("a", "b", "c", "d", "2")


def test_names_once_published_never_change() -> None:
    assert gap_id("timeliness.decision_overdue", "referral_ref", "R-1", "record-1") == PUBLISHED


PUBLISHED = "588459c4-b316-5dc4-8c14-f88b773a51ce"
