from dataclasses import replace

import pytest

from services.domain import events as e
from services.domain.events import Event
from services.domain.explain import sentence
from services.domain.gaps import Gap
from services.domain.rules.catalogue import CATALOGUE
from services.domain.wording import AT_ONCE, DEEDS, OWED
from tests.domain.lives import AREA, CARE, CENSUS, event, found, gaps, registry

REFERRED = event(e.MADE, "2024-12-24T16:00:00Z", id_="m", referral_ref="R-1", sent_to=AREA)
RECEIVED = event(e.RECEIVED, "2024-12-24T16:05:00Z", CARE, id_="r", referral_ref="R-1")
DECIDED = event(
    e.DECIDED, "2024-12-28T10:00:00Z", CARE, id_="x", referral_ref="R-1", decision="section-17"
)
LATE_DECISION = replace(DECIDED, time=DECIDED.time.replace(year=2025, month=6, day=2))
TOLD = event(e.TOLD, "2024-12-27T12:00:00Z", CARE, referral_ref="R-1")
DISCUSSED = event(e.DISCUSSED, "2026-03-30T10:00:00Z", CARE, id_="s", leads_to="section-47")
THERAPY = event(e.SERVICE_REFERRED, "2026-03-30T10:00:00Z", service_ref="S-1", kind="therapeutic")
DETENTION = event(e.DETAINED, "2026-06-03T22:10:00Z", id_="d", custody_ref="C-1")


def told(gap: Gap, reader: str | None = "norfolk-csc", *, sees_all: bool = False) -> str:
    return sentence(gap, reader, sees_all, registry())


def first(*events: Event) -> Gap:
    return gaps(*events)[0]


def test_a_late_decision_is_told_with_start_limit_holidays_and_what_was_found() -> None:
    early_help = replace(DECIDED, facts={**DECIDED.facts, "decision": "early-help"})
    (gap,) = gaps(REFERRED, RECEIVED, TOLD, early_help)
    assert told(gap) == (
        "Norfolk children's social care owed a decision on a referral by Fri 27 Dec 2024 23:59: "
        "1 working day after the referral was received on Tue 24 Dec 2024 16:05, not counting "
        "Wed 25 Dec 2024 (Christmas Day) and Thu 26 Dec 2024 (Boxing Day); "
        "the decision was made on Sat 28 Dec 2024 10:00."
    )


def test_times_are_told_as_they_are_in_london_in_summer() -> None:
    assert told(first(DETENTION), "norfolk-police") == (
        "Norfolk Constabulary owed a referral to children's social care by Thu 4 Jun 2026 23:10: "
        "24 hours after the child's detention on Wed 3 Jun 2026 23:10; none is recorded."
    )


def test_another_agency_is_not_named() -> None:
    gap = first(REFERRED, RECEIVED)
    assert told(gap, "norfolk-police").startswith("Another agency owed a decision")
    assert told(gap, None).startswith("Another agency owed a decision")


def test_who_sees_all_is_told_the_name() -> None:
    gap = first(REFERRED, RECEIVED)
    assert told(gap, "norfolk-qa", sees_all=True).startswith("Norfolk children's social care owed")


def test_an_agency_that_left_the_registry_is_another_agency() -> None:
    gap = replace(first(DETENTION), agency="gone-agency")
    assert told(gap, "gone-agency").startswith("Another agency owed")


def test_a_gap_that_nobody_would_report_as_met_says_so() -> None:
    gap = first(replace(RECEIVED, source=CENSUS))
    assert told(gap).endswith("nobody reports this to us, so it may have been done.")


def test_an_unknown_age_is_told() -> None:
    gap = first(replace(DETENTION, facts={"custody_ref": "C-1"}))
    assert told(gap).endswith("the age is not known, so the person is treated as a child.")


def test_an_assessment_decided_on_after_its_deadline_is_owed_from_the_decision() -> None:
    gap = next(gap for gap in gaps(REFERRED, LATE_DECISION) if "assessment" in gap.rule)
    assert told(gap) == (
        "Norfolk children's social care owed the assessment that a decision of section 17 "
        "calls for by Fri 28 Feb 2025 23:59: 45 working days after the referral was made on "
        "Tue 24 Dec 2024 16:00, not counting Wed 25 Dec 2024 (Christmas Day), "
        "Thu 26 Dec 2024 (Boxing Day) and Wed 1 Jan 2025 (New Year's Day); "
        "it was decided only on Mon 2 Jun 2025 11:00; none is recorded."
    )


@pytest.mark.parametrize("event_", [DETENTION, DISCUSSED, THERAPY])
def test_every_rule_says_something(event_: Event) -> None:
    for gap in gaps(event_):
        assert len(told(gap).split()) > 10


def test_no_ref_and_no_child_is_in_a_sentence() -> None:
    for gap in gaps(REFERRED, RECEIVED, LATE_DECISION, DETENTION, DISCUSSED, THERAPY):
        said = told(gap, "norfolk-qa", sees_all=True)
        assert not [ref for ref in ("R-1", "C-1", "S-1", "child-1", "record-1") if ref in said]


def test_every_rule_and_every_closing_type_has_its_words() -> None:
    assert {rule.name.partition(".")[2] for rule in CATALOGUE} <= {*OWED, *AT_ONCE}
    assert {closing for rule in CATALOGUE for closing in rule.closing} | {e.AMENDED} == set(DEEDS)


def test_what_a_referral_lacks_and_how_it_was_mended_is_told() -> None:
    words = {"words": 6, "phrases": ["no-angel", "young-man"]}
    full = {"information": {}, "reason": dict.fromkeys(("why", "harm", "ask"), words)}
    made = replace(REFERRED, facts={**REFERRED.facts, "features": full})
    heard = {"information": {}, "reason": {"voice_of_child": {"words": 1, "phrases": []}}}
    amended = event(e.AMENDED, "2025-01-02T10:00:00Z", referral_ref="R-1", features=heard)
    (unheard,) = found("completeness.child_not_heard", made, amended)
    assert told(unheard, "norfolk-police") == (
        "Norfolk Constabulary owed a referral in which the child is heard: on Tue 24 Dec 2024 "
        "16:00 it did not say what the child says; it was amended with the child's voice on "
        "Thu 2 Jan 2025 10:00."
    )
    (unclear,) = found("completeness.reason_unclear", REFERRED)
    assert told(unclear, "norfolk-police").endswith(
        "it did not say why it is made, the harm to the child and what is asked, each in at least "
        "5 words; it has not been said since."
    )
    (missing,) = found("completeness.information_missing", REFERRED)
    assert "it did not state address, where the child is now, whether" in told(missing)
    (query,) = found("equity.adult_language", made)
    assert told(query) == (
        "A person should look whether a referral speaks of a child as of an adult: on Tue 24 Dec "
        '2024 16:00 it used "no angel" and "young man" in saying why it is made, the harm to the '
        "child and what is asked; it has been neither amended to do without nor approved by "
        "someone else."
    )
