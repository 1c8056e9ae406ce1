"""What is a reader told of every rule without a clock? Code, all parameters, and the sentence."""

import pytest

from services.domain import events as e
from services.domain.rules.catalogue import CATALOGUE
from services.domain.wording import AT_ONCE
from tests.domain import test_why_clocked
from tests.domain.rules import build as b
from tests.domain.rules.equity_build import of_sex, written
from tests.domain.rules.lessons import (
    ALL_SAID,
    ALL_VALUES,
    done_by,
    reviewed,
    said,
    trained,
    without,
)
from tests.domain.whys import AT, INDICATED, OPEN, SAID_AT, Case, closed_by, exposed, refused

BEFORE = "2026-03-01 09:00"
CASES = [
    Case(
        "completeness.information_missing",
        [said(b.made(AT), without(ALL_VALUES, "gp", "school"), ALL_SAID)],
        "information_missing",
        {"missing": ["school", "gp"]} | OPEN,
        f"Norfolk Constabulary owed a referral that states all it must: on {SAID_AT} it did not "
        "state school and the GP; it has not all been supplied.",
    ),
    Case(
        "completeness.reason_unclear",
        [said(b.made(AT), ALL_VALUES, ALL_SAID | {"why": 4, "ask": 0})],
        "reason_unclear",
        {"unclear": ["why", "ask"], "words": 5} | OPEN,
        "Norfolk Constabulary owed a referral that says why it is made, the harm to the child and "
        f"what is asked: on {SAID_AT} it did not say why it is made and what is asked, each in at "
        "least 5 words; it has not been said since.",
    ),
    Case(
        "completeness.child_not_heard",
        [said(b.made(AT), ALL_VALUES, without(ALL_SAID, "voice_of_child"))],
        "child_not_heard",
        OPEN,
        f"Norfolk Constabulary owed a referral in which the child is heard: on {SAID_AT} it did "
        "not say what the child says; it has not been said since.",
    ),
    Case(
        "cumulative_harm.repeated_no_further_action",
        [
            refused("2026-01-10 09:00", referral_ref="R-1"),
            refused("2026-02-10 09:00", referral_ref="R-2"),
            exposed(AT, 1),
            b.decided("2026-04-05 09:00", referral_ref="R-3"),
        ],
        "repeated_no_further_action",
        {"decisions": 2, "within": 365, "within_unit": "days"} | closed_by(e.DECIDED),
        "A person should look whether Norfolk Constabulary and its partners missed something: an "
        f"incident on {SAID_AT} came after 2 referrals had been decided no further action within "
        "365 days, and another decision was called for; "
        "another decision was made on Sun 5 Apr 2026 09:00.",
    ),
    Case(
        "oversight.reviewed_by_same_person",
        [
            done_by("anna", b.detained("2026-04-01 09:00")),
            reviewed(AT, who="anna"),
            reviewed("2026-04-05 09:00"),
        ],
        "reviewed_by_same_person",
        {"work": "custody"} | closed_by(e.REVIEWED),
        f"Norfolk Constabulary owed a review by someone else: on {SAID_AT} the child's detention "
        "was reviewed by a person who had done it; "
        "it was reviewed by someone else on Sun 5 Apr 2026 09:00.",
    ),
    Case(
        "training.not_in_date",
        [done_by("anna", b.detained(AT), "custody")],
        "not_in_date",
        {"handled": e.DETAINED, "courses": ["child-vulnerability"]} | closed_by(e.TRAINED),
        "Norfolk Constabulary owed training in child vulnerability, in date, for whoever handled "
        f"the child's detention on {SAID_AT}; "
        "the training was completed on Mon 6 Apr 2026 12:00.",
        training=[trained("2026-04-06")],
    ),
    Case(
        "equity.violence_not_safeguarding",
        [
            exposed(AT, 1, harms=["knife"], treated_as_safeguarding=False),
            b.made("2026-04-04 09:00"),
        ],
        "violence_not_safeguarding",
        closed_by(e.MADE),
        "Norfolk Constabulary owed a referral: an exposure to serious youth violence or knives on "
        f"{SAID_AT} was not treated as safeguarding; "
        "a referral was made on Sat 4 Apr 2026 09:00.",
    ),
    Case(
        "equity.no_appropriate_adult",
        [b.interviewed(AT, appropriate_adult_present=False)],
        "no_appropriate_adult_at_interview",
        {"at": "interview", "closed_how": None} | OPEN,
        "Norfolk Constabulary owed the child an appropriate adult at the interview on "
        f"{SAID_AT}, where none was present; none is recorded.",
    ),
    Case(
        "equity.no_appropriate_adult",
        [
            b.interviewed(
                AT,
                custody_ref="C-1",
                appropriate_adult_present=False,
                appropriate_adult={"arrived_at": "2026-04-02T20:00:00Z"},
            )
        ],
        "no_appropriate_adult_at_interview",
        {"at": "interview", "closed_how": "arrival"} | closed_by(e.INTERVIEWED),
        "Norfolk Constabulary owed the child an appropriate adult at the interview on "
        f"{SAID_AT}, where none was present; "
        "an appropriate adult arrived on Thu 2 Apr 2026 21:00.",
    ),
    Case(
        "equity.girl_hidden_harm",
        [
            of_sex(exposed(BEFORE, 1, indicators=INDICATED), "F"),
            of_sex(exposed(AT, 2, indicators=INDICATED), "F"),
        ],
        "girl_hidden_harm",
        {"incidents": 2} | OPEN,
        f"A person should look whether harm to a girl is hidden: by {SAID_AT} there were "
        "2 incidents with an indicator of exploitation, and a referral that names exploitation "
        "was called for; none is recorded.",
    ),
    Case(
        "equity.suspect_only",
        [
            b.detained(BEFORE, custody_ref="C-0", indicators=INDICATED),
            b.detained(AT, indicators=INDICATED),
        ],
        "suspect_only",
        {"incidents": 2} | OPEN,
        f"A person should look whether a child is seen only as a suspect: by {SAID_AT} there were "
        "2 incidents with an indicator of exploitation, and a referral was called for; "
        "none is recorded.",
    ),
    Case(
        "equity.adult_language",
        [written(AT, why=["no-angel"], ask=["streetwise"])],
        "adult_language",
        {"phrases": ["no-angel", "streetwise"], "parts": ["why", "ask"]} | OPEN,
        "A person should look whether a referral speaks of a child as of an adult: on "
        f'{SAID_AT} it used "no angel" and "streetwise" in saying why it is made and what is '
        "asked; it has been neither amended to do without nor approved by someone else.",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.rule))
def test_code_parameters_and_sentence_are_all_told(case: Case) -> None:
    case.check()


def test_every_code_without_a_clock_is_in_the_table() -> None:
    assert {case.code for case in CASES} == set(AT_ONCE)


def test_every_rule_is_in_one_of_the_two_tables() -> None:
    told = {case.rule for case in [*CASES, *test_why_clocked.CASES]}
    assert told == {rule.name for rule in CATALOGUE}
