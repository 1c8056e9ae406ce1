"""What is a reader told of every rule that has a clock? Code, all parameters, and the sentence."""

import pytest

from services.domain import events as e
from services.domain.wording import OWED
from tests.domain.rules import build as b
from tests.domain.rules import equity_build as equity
from tests.domain.rules.lessons import done_by, returned, reviewed
from tests.domain.whys import (
    AT,
    EASTER,
    INDICATED,
    OPEN,
    SAID_AT,
    SAID_EASTER,
    Case,
    closed_by,
    exposed,
    hours,
    working_days,
)

DAY_LATER = "2026-04-03T15:00:00Z"
SPRING = [
    {"on": "2026-05-04", "name": "May Day"},
    {"on": "2026-05-25", "name": "Spring Bank Holiday"},
]
CASES = [
    Case(
        "timeliness.referral_not_made",
        [b.detained(AT), b.made("2026-04-04 09:00")],
        "referral_not_made",
        hours("timeliness.referral_not_made.detention", 24, DAY_LATER)
        | {"cause": "detention"}
        | closed_by(e.MADE),
        "Norfolk Constabulary owed a referral to children's social care by Fri 3 Apr 2026 16:00: "
        f"24 hours after the child's detention on {SAID_AT}; "
        "a referral was made on Sat 4 Apr 2026 09:00.",
    ),
    Case(
        "timeliness.decision_overdue",
        [b.received(AT), b.decided("2026-04-09 10:00", decision="early-help")],
        "decision_overdue",
        working_days("timeliness.decision_overdue.limit", 1, "2026-04-07T22:59:59Z")
        | {"from": "received"}
        | closed_by(e.DECIDED),
        "Norfolk children's social care owed a decision on a referral by Tue 7 Apr 2026 23:59: "
        f"1 working day after the referral was received on {SAID_AT}, {SAID_EASTER}; "
        "the decision was made on Thu 9 Apr 2026 10:00.",
    ),
    Case(
        "timeliness.referrer_not_told",
        [b.made(AT), b.told("2026-04-09 10:00")],
        "referrer_not_told",
        working_days("timeliness.referrer_not_told.limit", 1, "2026-04-07T22:59:59Z")
        | {"from": "made"}
        | closed_by(e.TOLD),
        "Norfolk children's social care owed word to the referrer by Tue 7 Apr 2026 23:59: "
        f"1 working day after the referral was made on {SAID_AT}, {SAID_EASTER}; "
        "the referrer was told on Thu 9 Apr 2026 10:00.",
    ),
    Case(
        "timeliness.assessment_overdue",
        [
            b.received(AT),
            b.decided("2026-04-03 09:00", decision="section-47"),
            b.closed("2026-07-01 09:00"),
        ],
        "assessment_overdue",
        working_days(
            "timeliness.assessment_overdue.limit", 45, "2026-06-10T22:59:59Z", [*EASTER, *SPRING]
        )
        | {"from": "received", "decision": "section-47", "decided_at": "2026-04-03T08:00:00Z"}
        | closed_by(e.CLOSED),
        "Norfolk children's social care owed the assessment that a decision of section 47 calls "
        "for by Wed 10 Jun 2026 23:59: 45 working days after the referral was received on "
        f"{SAID_AT}, not counting Fri 3 Apr 2026 (Good Friday), Mon 6 Apr 2026 (Easter Monday), "
        "Mon 4 May 2026 (May Day) and Mon 25 May 2026 (Spring Bank Holiday); "
        "the case was closed on Wed 1 Jul 2026 09:00.",
    ),
    Case(
        "timeliness.conference_overdue",
        [b.discussed(AT), b.conferred("2026-05-01 09:00")],
        "conference_overdue",
        working_days("timeliness.conference_overdue.limit", 15, "2026-04-27T22:59:59Z")
        | closed_by(e.CONFERENCE_HELD),
        "Norfolk children's social care owed a child protection conference by Mon 27 Apr 2026 "
        f"23:59: 15 working days after the strategy discussion that led to section 47 on {SAID_AT}"
        f", {SAID_EASTER}; a conference was held on Fri 1 May 2026 09:00.",
    ),
    Case(
        "timeliness.support_not_started",
        [b.service(AT), b.declined("2026-05-02 09:00")],
        "support_not_started",
        hours("timeliness.support_not_started.limit", 28, "2026-04-30T15:00:00Z")
        | {"unit": "days"}
        | closed_by(e.SERVICE_DECLINED),
        "Norfolk voluntary sector owed the start of therapeutic support by Thu 30 Apr 2026 16:00: "
        f"28 days after the referral to the service on {SAID_AT}; "
        "the service declined on Sat 2 May 2026 09:00.",
    ),
    Case(
        "cumulative_harm.not_recognised",
        [
            exposed("2026-03-01 09:00", 1),
            exposed("2026-03-10 09:00", 2),
            exposed(AT, 3),
            b.discussed("2026-04-05 12:00"),
        ],
        "not_recognised",
        hours("cumulative_harm.not_recognised.limit", 24, DAY_LATER)
        | {"incidents": 3, "within": 90, "within_unit": "days"}
        | closed_by(e.DISCUSSED),
        "Norfolk Constabulary owed a referral that considers the earlier incidents, or a strategy "
        "discussion, by Fri 3 Apr 2026 16:00: 24 hours after the latest of 3 incidents within "
        f"90 days, on {SAID_AT}; a strategy discussion was held on Sun 5 Apr 2026 12:00.",
    ),
    Case(
        "oversight.not_reviewed",
        [done_by("anna", b.detained(AT)), reviewed("2026-04-04 09:00")],
        "not_reviewed",
        hours("oversight.not_reviewed.limit", 24, DAY_LATER)
        | {"work": "custody"}
        | closed_by(e.REVIEWED),
        "Norfolk Constabulary owed a review, by someone else, of the child's detention by "
        f"Fri 3 Apr 2026 16:00: 24 hours after the child's detention on {SAID_AT}; "
        "it was reviewed by someone else on Sat 4 Apr 2026 09:00.",
    ),
    Case(
        "oversight.returned_not_mended",
        [
            b.made("2026-04-01 09:00"),
            returned(AT, "referral", "R-1"),
            b.amended("2026-04-07 09:00"),
        ],
        "returned_not_mended",
        hours("oversight.returned_not_mended.limit", 24, DAY_LATER)
        | {"work": "referral"}
        | closed_by(e.AMENDED),
        "Norfolk Constabulary owed the mending of a referral that a review had returned by "
        f"Fri 3 Apr 2026 16:00: 24 hours after that review on {SAID_AT}; "
        "the referral was amended on Tue 7 Apr 2026 09:00.",
    ),
    Case(
        "equity.exploitation_not_screened",
        [b.detained(AT, indicators=INDICATED), b.made("2026-04-05 09:00", screening=equity.DONE)],
        "exploitation_not_screened",
        hours("equity.exploitation_not_screened.limit", 24, DAY_LATER) | closed_by(e.MADE),
        "Norfolk Constabulary owed a screening for exploitation, stated in a referral, by "
        "Fri 3 Apr 2026 16:00: 24 hours after an event with an indicator of exploitation on "
        f"{SAID_AT}; a referral that states the screening was made on Sun 5 Apr 2026 09:00.",
    ),
]
ADULT = hours("equity.no_appropriate_adult.limit", 3, "2026-04-02T18:00:00Z") | {"at": "detention"}
SAID_ADULT = (
    "Norfolk Constabulary owed an appropriate adult for the child by Thu 2 Apr 2026 19:00: "
    f"3 hours after the child's detention on {SAID_AT}; "
)
ARRIVED = {"arrived_at": "2026-04-02T20:00:00Z"}
ENDS = {
    None: ([b.detained(AT)], OPEN, "none is recorded."),
    "arrival": (
        [b.detained(AT, appropriate_adult=ARRIVED)],
        closed_by(e.DETAINED),
        "an appropriate adult arrived on Thu 2 Apr 2026 21:00.",
    ),
    "presence": (
        [
            b.detained(AT),
            b.interviewed("2026-04-02 20:00", custody_ref="C-1", appropriate_adult_present=True),
        ],
        closed_by(e.INTERVIEWED),
        "an interview was held with an adult present on Thu 2 Apr 2026 20:00.",
    ),
    "release": (
        [b.detained(AT, released_at="2026-04-02T21:00:00Z")],
        closed_by(e.DETAINED),
        "the child was released on Thu 2 Apr 2026 22:00.",
    ),
}
CASES += [
    Case(
        "equity.no_appropriate_adult",
        events,
        "no_appropriate_adult",
        ADULT | {"closed_how": how} | end,
        SAID_ADULT + said,
    )
    for how, (events, end, said) in ENDS.items()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.rule))
def test_code_parameters_and_sentence_are_all_told(case: Case) -> None:
    case.check()


def test_every_code_with_a_clock_is_in_the_table() -> None:
    assert {case.code for case in CASES} == set(OWED)
