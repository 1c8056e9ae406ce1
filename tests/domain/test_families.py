"""How are the gaps of cumulative harm, oversight and equity made? Their boundaries: rules/."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.domain import events as e
from services.domain.events import Event
from services.domain.gaps import gap_id
from tests.domain.lives import CARE, SCHOOL, event, found, times, trained

RETURNED: dict[str, Any] = {"of": {"kind": "referral", "ref": "R-1"}, "outcome": "returned"}
APPROVED: dict[str, Any] = {"of": {"kind": "referral", "ref": "R-1"}, "outcome": "approved"}
MADE = event(e.MADE, "2026-03-01T10:00:00Z", id_="m", referral_ref="R-1", staff="s-1")
START = datetime(2026, 1, 1, tzinfo=UTC)


def concern(day: int, number: int, hour: int = 0) -> Event:
    at = START + timedelta(days=day, hours=hour)
    return event(e.CONCERN, at, SCHOOL, f"k{number:03}", concern_ref=f"K-{number}", grade="green")


def refused(day: int, ref: str) -> Event:
    at = START + timedelta(days=day)
    told: dict[str, Any] = {"referral_ref": ref, "decision": "no-further-action"}
    return event(e.DECIDED, at, CARE, f"n{day} {ref}", **told)


def test_harm_that_adds_up_is_owed_by_the_agency_that_completes_the_window() -> None:
    known = [event(e.MISSING, "2026-01-01T09:00:00Z", incident_ref="I-1"), concern(1, 2)]
    (gap,) = found("cumulative_harm.not_recognised", *known, concern(2, 3))
    assert (gap.agency, gap.kind, gap.referral_ref) == ("norfolk-school", "gap", None)
    assert gap.anchor == gap.evidence[0] == concern(2, 3).key
    assert set(gap.evidence) == {each.key for each in (*known, concern(2, 3))}
    assert gap.why.params["incidents"] == 3


def test_what_came_before_the_window_is_no_evidence() -> None:
    (gap,) = found(
        "cumulative_harm.not_recognised", *(concern(day, day) for day in (0, 80, 95, 99))
    )
    assert len(gap.evidence) == 3


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 23)), max_size=12),
    st.lists(st.integers(0, 210), max_size=4),
)
def test_harm_adds_up_as_the_contract_says_word_by_word(
    incidents: list[tuple[int, int]], discussed: list[int]
) -> None:
    known = [concern(day, number, hour) for number, (day, hour) in enumerate(incidents)]
    seen = [event(e.DISCUSSED, START + timedelta(days=day, hours=5), CARE) for day in discussed]
    expected, open_until = [], datetime.min.replace(tzinfo=UTC)
    ordered = sorted(known, key=lambda each: each.order)
    for place, each in enumerate(ordered):
        window = [one for one in ordered[: place + 1] if each.time - one.time <= timedelta(days=90)]
        if len(window) >= 3 and each.time >= open_until:
            answers = [one.time for one in seen if one.time >= each.time]
            open_until = min(answers, default=datetime.max.replace(tzinfo=UTC))
            due = each.time + timedelta(hours=24)
            if open_until > due:
                expected.append((due, min(answers, default=None)))
    gaps = found("cumulative_harm.not_recognised", *known, *seen)
    assert [(gap.opens_at, gap.closes_at) for gap in gaps] == expected


def test_closed_doors_are_a_query_with_the_decisions_as_evidence() -> None:
    doors = [refused(10, "R-1"), refused(20, "R-1"), refused(30, "R-2")]
    assert found("cumulative_harm.repeated_no_further_action", *doors[:2], concern(40, 1)) == []
    (gap,) = found("cumulative_harm.repeated_no_further_action", *doors, concern(40, 1))
    assert (gap.kind, gap.agency) == ("query", "norfolk-school")
    assert gap.evidence == (concern(40, 1).key, doors[1].key, doors[2].key)


def test_the_newest_decision_on_each_referral_counts() -> None:
    old = [refused(day, ref) for day, ref in ((0, "R-1"), (1, "R-2"), (2, "R-3"))]
    new = [refused(400, "R-1"), refused(410, "R-3")]
    (gap,) = found("cumulative_harm.repeated_no_further_action", *old, *new, concern(500, 1))
    assert gap.evidence[1:] == tuple(each.key for each in new)


def test_a_decision_not_to_refer_is_owed_its_review_under_each_ref() -> None:
    one = event(e.DETAINED, "2026-03-01T09:00:00Z", custody_ref="C-1")
    two = event(e.EXPOSED, "2026-03-01T09:30:00Z", incident_ref="I-1", grade="red")
    decided = event(e.NOT_REFERRED, "2026-03-01T10:00:00Z", id_="d", triggers=["C-1", "I-1"])
    gaps = [gap for gap in found("oversight.not_reviewed", one, two, decided) if "d" in gap.anchor]
    assert {gap.gap_id for gap in gaps} == {
        gap_id("oversight.not_reviewed", "no-referral", ref, "record-1") for ref in ("C-1", "I-1")
    }


def test_whoever_amended_a_referral_did_it() -> None:
    amended = event(e.AMENDED, "2026-03-01T11:00:00Z", referral_ref="R-1", staff="s-2")
    review = event(e.REVIEWED, "2026-03-01T12:00:00Z", staff="s-2", **APPROVED)
    assert len(found("oversight.not_reviewed", MADE, review)) == 0
    assert len(found("oversight.not_reviewed", MADE, amended, review)) == 1
    (gap,) = found("oversight.reviewed_by_same_person", MADE, amended, review)
    assert gap.evidence == (review.key, amended.key)
    assert gap.referral_ref == "R-1"


def test_work_returned_again_is_owed_again_once_it_was_mended() -> None:
    reviews = [
        event(e.REVIEWED, f"2026-03-{day:02}T10:00:00Z", staff="s-9", id_=f"v{day}", **outcome)
        for day, outcome in ((2, RETURNED), (3, RETURNED), (5, APPROVED), (6, RETURNED))
    ]
    gaps = found("oversight.returned_not_mended", MADE, *reviews)
    assert times(gaps) == [
        ("2026-03-03T10:00:00Z", "2026-03-05T10:00:00Z"),
        ("2026-03-07T10:00:00Z", None),
    ]
    named = ("oversight.returned_not_mended", "referral_ref", "R-1", "record-1")
    assert [gap.gap_id for gap in gaps] == [gap_id(*named), gap_id(*named, "2")]


def test_a_referral_known_only_by_its_day_does_not_mend_itself() -> None:
    made = event(e.MADE, "2026-03-01T00:00:00Z", referral_ref="R-1", staff="s-1", day_only=True)
    returned = event(e.REVIEWED, "2026-03-01T10:00:00Z", staff="s-9", **RETURNED)
    again = event(e.MADE, "2026-03-04T10:00:00Z", referral_ref="R-2", staff="s-1")
    assert times(found("oversight.returned_not_mended", made, returned, again)) == [
        ("2026-03-02T10:00:00Z", "2026-03-04T10:00:00Z")
    ]


def test_training_is_named_by_practitioner_and_closed_by_the_course() -> None:
    held = [
        event(e.DETAINED, f"2026-03-01T1{n}:00:00Z", custody_ref="C-1", unit="custody", staff=who)
        for n, who in enumerate(("s-1", "s-2", "s-1"))
    ]
    done = trained("2026-03-05", "2026-03-05T09:00:00Z", staff="s-2")
    gaps = found("training.not_in_date", *held, training=[done])
    assert times(gaps) == [
        ("2026-03-01T10:00:00Z", None),
        ("2026-03-01T11:00:00Z", "2026-03-05T09:00:00Z"),
    ]
    named = ("training.not_in_date", "custody_ref", "C-1", "record-1")
    assert [gap.gap_id for gap in gaps] == [gap_id(*named, "s-1"), gap_id(*named, "s-2")]
    assert (gaps[0].unit, gaps[0].agency) == ("custody", "norfolk-police")
    assert gaps[1].evidence == (held[1].key, done.key)


def test_an_earlier_referral_that_screened_satisfies_from_the_amendment_that_names_it() -> None:
    made = event(
        e.MADE, "2026-02-01T10:00:00Z", referral_ref="R-1", screening={"exploitation": "done"}
    )
    flagged = event(
        e.EXPOSED, "2026-03-01T10:00:00Z", incident_ref="I-1", grade="red", indicators=["drugs"]
    )
    named = event(e.AMENDED, "2026-03-04T10:00:00Z", referral_ref="R-1", triggers=["I-1"])
    rule = "equity.exploitation_not_screened"
    assert times(found(rule, made, flagged)) == [("2026-03-02T10:00:00Z", None)]
    assert times(found(rule, made, flagged, named)) == [
        ("2026-03-02T10:00:00Z", "2026-03-04T10:00:00Z")
    ]


def test_an_adult_who_came_is_told_apart_from_a_release() -> None:
    held = event(e.DETAINED, "2026-03-01T10:00:00Z", custody_ref="C-1", id_="d")
    let_go = event(
        e.DETAINED,
        "2026-03-01T20:00:00Z",
        custody_ref="C-1",
        released_at="2026-03-01T19:00:00Z",
        appropriate_adult={"arrived_at": "2026-03-01T18:00:00Z"},
    )
    (gap,) = found("equity.no_appropriate_adult", held, let_go)
    assert times([gap]) == [("2026-03-01T13:00:00Z", "2026-03-01T18:00:00Z")]
    assert gap.why.params["closed_how"] == "arrival"


def test_a_girl_is_asked_about_once_and_by_the_sex_last_stated() -> None:
    seen = [
        event(
            e.MISSING,
            START + timedelta(days=day),
            incident_ref=f"I-{day}",
            indicators=["debt"],
            sex="F",
        )
        for day in range(4)
    ]
    (gap,) = found("equity.girl_hidden_harm", *seen)
    assert (gap.kind, gap.anchor) == ("query", seen[1].key)
    boy = event(e.TOLD, START + timedelta(days=9), CARE, referral_ref="R-9", sex="M")
    assert found("equity.girl_hidden_harm", *seen, boy) == []


def test_a_closure_known_by_its_day_hides_no_other_referrals_conference() -> None:
    opener = event(
        e.DISCUSSED, "2026-03-02T15:00:00Z", CARE, leads_to="section-47", referral_ref="R-1"
    )
    held = event(e.CONFERENCE_HELD, "2026-04-01T12:00:00Z", CARE, referral_ref="R-1")
    other = event(e.CLOSED, "2026-04-01T00:00:00Z", CARE, referral_ref="R-2", day_only=True)
    assert times(found("timeliness.conference_overdue", opener, held, other)) == [
        ("2026-03-23T23:59:59Z", "2026-04-01T12:00:00Z")
    ]
