"""What does each measure count? For every one the cases at its edges, told in the field's words."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import pytest

from services.domain import events as e
from services.domain.grades import GRADED
from services.domain.measures.catalogue import CATALOGUE, MEASURES
from services.domain.measures.facts import Fact, facts_of
from services.domain.onward import ACCEPTED
from tests.domain.rules.build import (
    CUSTODY,
    REFERRALS,
    VOLUNTARY,
    Wire,
    amended,
    assessed,
    concerned,
    conferred,
    decided,
    declined,
    detained,
    discussed,
    ended,
    event,
    exposed,
    interviewed,
    life,
    made,
    missing,
    not_referred,
    published,
    received,
    ruled,
    service,
    started,
    told,
    withdrawn,
)

MONDAY: Final = "2026-03-02 09:00"
ELEMENTS: Final = [
    "address",
    "where_now",
    "immediate_safety",
    "parents_or_carers",
    "siblings",
    "school",
    "gp",
    "ethnicity",
    "language",
    "disability",
    "consent",
    "actions_taken",
    "known_workers",
]
COMPLETE: Final = dict.fromkeys(ELEMENTS, "value")


def said(information: dict[str, str] | None = None, **words: int) -> Wire:
    """What intake reads from a referral's words."""
    reason = {part: {"words": count} for part, count in words.items()}
    return {"information": information or {}, "reason": reason}


def handled(at: str, unit: str = "custody") -> Wire:
    return detained(at, unit=unit)


def graded(grade: str) -> Wire:
    return event(GRADED, "2026-03-10 09:00", "/norfolk-qa/audits", referral_ref="R-1",
                 grades={"analysis": grade})  # fmt: skip


def harmed(*, recognised: str | None) -> list[Wire]:
    known = [concerned(f"2026-02-0{day} 09:00", concern_ref=f"N-{day}", grade="green")
             for day in (2, 3, 4)]  # fmt: skip
    if recognised:
        known.append(made(recognised, history={"previous_incidents_considered": True}))
    return known


def kept(at: str, recorded_at: str | None, received_at: str) -> Wire:
    wire = exposed(at, grade="green", recorded_at=recorded_at)
    return {**wire, "received_at": received_at}


UNFED: Final[dict[str, Any]] = {
    "feeds": [{"agency": "norfolk-police", "types": ["police.*"], "why": "nothing else is sent"}]
}

Case = tuple[str, Callable[[], Sequence[Wire]], list[str]]
TABLE: Final[dict[str, list[Case]]] = {
    "referral.in-time-after-custody": [
        ("at the very limit", lambda: [detained(MONDAY), made("2026-03-03 09:00")], ["met"]),
        ("a minute late", lambda: [detained(MONDAY), made("2026-03-03 09:01")], ["missed"]),
        ("never", lambda: [detained(MONDAY)], ["missed"]),
        ("a recorded decision not to refer",
         lambda: [detained(MONDAY), not_referred(MONDAY, triggers=["C-1"])], ["met"]),
        ("an interview is another measure's", lambda: [interviewed(MONDAY)], []),
        ("of 18", lambda: [detained(MONDAY, age=18)], []),
    ],
    "referral.in-time-after-interview": [
        ("in time", lambda: [interviewed(MONDAY), made("2026-03-03 09:00")], ["met"]),
        ("late", lambda: [interviewed(MONDAY), made("2026-03-03 10:00")], ["missed"]),
        ("as a witness", lambda: [interviewed(MONDAY, involvement="witness")], []),
    ],
    "referral.in-time-after-exposure": [
        ("amber, 72 hours", lambda: [exposed(MONDAY, grade="amber"), made("2026-03-05 09:00")],
         ["met"]),
        ("red, 24 hours", lambda: [exposed(MONDAY, grade="red"), made("2026-03-03 09:01")],
         ["missed"]),
        ("green owes nothing", lambda: [exposed(MONDAY, grade="green")], []),
    ],
    "decision.in-time": [
        ("the next working day", lambda: [made(MONDAY), decided("2026-03-03 23:00")], ["met"]),
        ("the day after", lambda: [made(MONDAY), decided("2026-03-04 00:00")], ["missed"]),
        ("over a weekend",
         lambda: [made("2026-03-06 09:00"), decided("2026-03-09 17:00")], ["met"]),
        ("withdrawn before it fell due", lambda: [made(MONDAY), withdrawn("2026-03-02 10:00")], []),
        ("withdrawn after it", lambda: [made(MONDAY), withdrawn("2026-03-05 10:00")], ["missed"]),
    ],
    "feedback.in-time": [
        ("in time", lambda: [made(MONDAY), told("2026-03-03 17:00", means="phone")], ["met"]),
        ("never", lambda: [made(MONDAY)], ["missed"]),
    ],
    "assessment.in-time": [
        ("on the 45th working day",
         lambda: [received("2026-03-30 09:00"), decided("2026-03-31 09:00"),
                  assessed("2026-06-05 12:00")], ["met"]),
        ("on the 46th",
         lambda: [received("2026-03-30 09:00"), decided("2026-03-31 09:00"),
                  assessed("2026-06-08 12:00")], ["missed"]),
        ("not decided so",
         lambda: [received(MONDAY), decided(MONDAY, decision="early-help")], []),
    ],
    "conference.in-time": [
        ("on the 15th working day",
         lambda: [discussed("2026-03-30 09:00"), conferred("2026-04-22 09:00")], ["met"]),
        ("on the 16th",
         lambda: [discussed("2026-03-30 09:00"), conferred("2026-04-23 09:00")], ["missed"]),
    ],
    "onward.support-in-time": [
        ("on the 28th day", lambda: [service(MONDAY), started("2026-03-30 10:00")], ["met"]),
        ("after it", lambda: [service(MONDAY), started("2026-03-31 10:00")], ["missed"]),
        ("declined in time", lambda: [service(MONDAY), declined("2026-03-10 09:00")], ["missed"]),
        ("another kind", lambda: [service(MONDAY, kind="mentoring")], []),
    ],
    "stage.referred": [
        ("referred", lambda: [detained(MONDAY), made("2026-03-03 09:00")], ["met"]),
        ("a decision not to refer is no referral",
         lambda: [detained(MONDAY), not_referred(MONDAY, triggers=["C-1"])], ["missed"]),
    ],
    "referral.complete-at-first": [
        ("every element", lambda: [made(MONDAY, features=said(COMPLETE))], ["met"]),
        ("one short",
         lambda: [made(MONDAY, features=said({k: v for k, v in COMPLETE.items() if k != "gp"}))],
         ["missed"]),
        ("mended later",
         lambda: [made(MONDAY, features=said()),
                  amended("2026-03-02 10:00", features=said(COMPLETE))], ["missed"]),
        ("withdrawn before any decision",
         lambda: [made(MONDAY, features=said()), withdrawn("2026-03-02 09:30")], []),
    ],
    "referral.reason-clear": [
        ("five words each", lambda: [made(MONDAY, features=said(why=5, harm=5, ask=5))], ["met"]),
        ("four of one", lambda: [made(MONDAY, features=said(why=5, harm=4, ask=5))], ["missed"]),
    ],
    "referral.child-heard": [
        ("heard", lambda: [made(MONDAY, features=said(voice_of_child=1))], ["met"]),
        ("not", lambda: [made(MONDAY, features=said(voice_of_child=0))], ["missed"]),
    ],
    "harm.cumulative-recognised": [
        ("at the limit", lambda: harmed(recognised="2026-02-05 09:00"), ["met"]),
        ("late", lambda: harmed(recognised="2026-02-05 09:01"), ["missed"]),
        ("never", lambda: harmed(recognised=None), ["missed"]),
        ("two incidents are not three", lambda: harmed(recognised=None)[:2], []),
    ],
    "oversight.reviewed-in-time": [
        ("by another",
         lambda: [handled(MONDAY), reviewed("2026-03-03 09:00", staff="other")], ["met"]),
        ("by who did it", lambda: [handled(MONDAY), reviewed("2026-03-03 09:00")], ["missed"]),
        ("late",
         lambda: [handled(MONDAY), reviewed("2026-03-03 09:01", staff="other")], ["missed"]),
    ],
    "audit.graded-good": [
        ("good", lambda: [made(MONDAY), graded("good")], ["met"]),
        ("requires improvement",
         lambda: [made(MONDAY), graded("requires-improvement")], ["missed"]),
    ],
    "audit.graded-inadequate": [
        ("inadequate", lambda: [made(MONDAY), graded("inadequate")], ["met"]),
        ("good", lambda: [made(MONDAY), graded("good")], ["missed"]),
    ],
    "training.in-date": [
        ("in date", lambda: [handled(MONDAY), trained("2025-03-02")], ["met"]),
        ("on its last day", lambda: [handled(MONDAY), trained("2023-03-02")], ["met"]),
        ("a day past it", lambda: [handled(MONDAY), trained("2023-03-01")], ["missed"]),
        ("a unit without the duty", lambda: [handled(MONDAY, unit="child-abuse-unit")], []),
    ],
    "equity.screened-for-exploitation": [
        ("screened",
         lambda: [exposed(MONDAY, grade="green", indicators=["drugs"]),
                  made("2026-03-03 09:00", screening={"exploitation": "done"})], ["met"]),
        ("late",
         lambda: [exposed(MONDAY, grade="green", indicators=["drugs"]),
                  made("2026-03-03 09:01", screening={"exploitation": "done"})], ["missed"]),
        ("no indicator", lambda: [exposed(MONDAY, grade="green")], []),
    ],
    "equity.appropriate-adult-in-time": [
        ("at the limit", lambda: [adult("2026-03-02T12:00:00Z")], ["met"]),
        ("late", lambda: [adult("2026-03-02T12:00:01Z")], ["missed"]),
        ("released before it",
         lambda: [detained(MONDAY, released_at="2026-03-02T11:00:00Z")], []),
    ],
    "equity.violence-safeguarding": [
        ("said so", lambda: [violent(treated=True)], ["met"]),
        ("denied", lambda: [violent(treated=False)], ["missed"]),
        ("nothing said", lambda: [violent(treated=None)], ["missing"]),
    ],
    "stage.accepted": [
        ("early help", lambda: [decided(MONDAY, decision="early-help")], ["met"]),
        ("advice", lambda: [decided(MONDAY, decision="information-and-advice")], ["missed"]),
        ("a case already open", lambda: [decided(MONDAY, decision="linked-to-open-case")], []),
    ],
    "stage.no-further-action": [
        ("no further action", lambda: [decided(MONDAY, decision="no-further-action")], ["met"]),
        ("the first decision counts",
         lambda: [decided(MONDAY), decided("2026-03-09 09:00", decision="no-further-action")],
         ["missed"]),
    ],
    "stage.assessed": [
        ("section 17", lambda: [decided(MONDAY)], ["met"]),
        ("early help", lambda: [decided(MONDAY, decision="early-help")], ["missed"]),
        ("not accepted", lambda: [decided(MONDAY, decision="no-further-action")], []),
    ],
    "stage.enquiry": [
        ("section 47", lambda: [decided(MONDAY, decision="section-47")], ["met"]),
        ("section 17", lambda: [decided(MONDAY)], ["missed"]),
        ("early help", lambda: [decided(MONDAY, decision="early-help")], []),
    ],
    "onward.accepted": [
        ("accepted", lambda: [service(MONDAY), accepted("2026-03-09 09:00")], ["met"]),
        ("started without a word", lambda: [service(MONDAY), started("2026-03-09 09:00")], ["met"]),
        ("declined", lambda: [service(MONDAY), declined("2026-03-09 09:00")], ["missed"]),
        ("no answer", lambda: [service(MONDAY)], []),
    ],
    "voice.asked-whether-it-helped": [
        ("asked", lambda: [service(MONDAY), helped("no")], ["met"]),
        ("not asked", lambda: [service(MONDAY), helped("not-asked")], ["missed"]),
    ],
    "voice.says-it-helped": [
        ("partly", lambda: [service(MONDAY), helped("partly")], ["met"]),
        ("no", lambda: [service(MONDAY), helped("no")], ["missed"]),
        ("not asked", lambda: [service(MONDAY), helped("not-asked")], []),
    ],
    "lateness.recorded-in-time": [
        ("at the limit",
         lambda: [kept(MONDAY, "2026-03-03T09:00:00Z", "2026-03-09T09:00:00Z")], ["met"]),
        ("late",
         lambda: [kept(MONDAY, "2026-03-03T09:00:01Z", "2026-03-09T09:00:00Z")], ["missed"]),
        ("not said", lambda: [kept(MONDAY, None, "2026-03-09T09:00:00Z")], []),
    ],
    "lateness.sent-in-time": [
        ("soon after it was written",
         lambda: [kept(MONDAY, "2026-03-08T09:00:00Z", "2026-03-09T09:00:00Z")], ["met"]),
        ("late after it happened",
         lambda: [kept(MONDAY, None, "2026-03-03T09:00:01Z")], ["missed"]),
    ],
}  # fmt: skip


def reviewed(at: str, staff: str = "s") -> Wire:
    wire = event(e.REVIEWED, at, "/norfolk-police/oversight", of={"kind": "custody", "ref": "C-1"},
                 outcome="approved")  # fmt: skip
    wire["facts"]["practitioner"] = {"staff_ref": staff}
    return wire


def trained(completed_on: str) -> Wire:
    wire = event(e.TRAINED, f"{completed_on} 09:00", "/norfolk-police/training",
                 course="child-vulnerability", completed_on=completed_on)  # fmt: skip
    del wire["record_ref"], wire["facts"]["child"]
    return {**wire, "staff_ref": "s"}


def adult(arrived_at: str) -> Wire:
    return detained(MONDAY, appropriate_adult={"arrived_at": arrived_at})


def violent(*, treated: bool | None) -> Wire:
    return exposed(MONDAY, grade="green", harms=["knife"], treated_as_safeguarding=treated)


def accepted(at: str) -> Wire:
    return event(ACCEPTED, at, VOLUNTARY, service_ref="S-1")


def helped(answer: str) -> Wire:
    return ended("2026-06-01 09:00", outcome="completed", child_says_it_helped=answer)


def facts(*events: Wire, by: Any = None) -> list[Fact]:  # noqa: ANN401 - a policy
    training = [each for each in events if each["type"] == e.TRAINED]
    child = life([each for each in events if each["type"] != e.TRAINED])
    wire = {**child.to_wire(), "training": training}
    return list(facts_of(type(child).from_wire(wire), by or published()))


def states(measure: str, *events: Wire, by: Any = None) -> list[str]:  # noqa: ANN401 - a policy
    return [fact.state for fact in facts(*events, by=by) if fact.measure == measure]


CASES = [
    pytest.param(measure, tell, wanted, id=f"{measure}: {name}")
    for measure, cases in TABLE.items()
    for name, tell, wanted in cases
]


@pytest.mark.parametrize(("measure", "tell", "wanted"), CASES)
def test_it_counts(measure: str, tell: Callable[[], Sequence[Wire]], wanted: list[str]) -> None:
    assert states(measure, *tell()) == wanted


@pytest.mark.parametrize("measure", [measure.id for measure in CATALOGUE])
def test_every_measure_has_a_table_in_which_it_is_met_and_missed(measure: str) -> None:
    seen = {state for _, _, wanted in TABLE[measure] for state in wanted}
    assert seen >= {"met", "missed"}


def test_there_is_no_table_of_a_measure_that_is_not_there() -> None:
    assert TABLE.keys() == MEASURES.keys()


def test_what_no_feed_would_tell_is_missing_data_and_neither_met_nor_missed() -> None:
    policy = ruled(feeds=UNFED)
    assert states("decision.in-time", made(MONDAY), by=policy) == ["missing"]
    assert states("decision.in-time", made(MONDAY), decided(MONDAY), by=policy) == ["missing"]


def test_a_thing_counts_on_the_day_on_which_it_fell_due() -> None:
    (fact,) = (f for f in facts(made("2026-03-31 23:30")) if f.measure == "decision.in-time")
    assert fact.day.isoformat() == "2026-04-01"


def test_groups_are_the_last_stated_and_unknown_is_a_group() -> None:
    first = missing(MONDAY, age=13)
    first["facts"]["child"] |= {"sex": "F", "ethnicity": "BCRB", "area": "E07000148"}
    found = [f for f in facts(first, detained("2026-03-03 09:00", source=CUSTODY))
             if f.measure == "referral.in-time-after-custody"]  # fmt: skip
    (fact,) = found
    assert (fact.sex, fact.ethnicity, fact.area) == ("Female", "Black", "E07000148")
    assert (fact.unit, fact.age) == ("Unknown", "14-15")


def test_units_keep_their_names_and_no_two_share_one() -> None:
    known = [detained(MONDAY), made("2026-03-03 09:00"), decided("2026-03-04 09:00")]
    before, after = facts(*known), facts(*known, amended("2026-03-05 09:00", source=REFERRALS))
    names = [fact.unit_id for fact in before]
    assert len(set(names)) == len(names)
    assert set(names) <= {fact.unit_id for fact in after}


def test_a_child_who_cannot_be_judged_says_so_in_place_of_figures() -> None:
    late = made("2099-12-31 12:00")
    assert states("decision.in-time", late) == ["not-judged"]
    assert states("stage.accepted", late) == []
