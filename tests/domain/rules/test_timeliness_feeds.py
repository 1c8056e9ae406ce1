"""Would what closes a gap of timeliness reach us at all? "Fed or not".

contract.md 3: "looked up by the anchor's source `/agency/system`, else by the agency that owes:
`observed` is false only if no closing type other than `referral.withdrawn` is fed at the anchor's
`time`".
"""

from datetime import date

import pytest

from services.domain.policy import Policy
from tests.domain.rules.build import (
    CASES,
    CENSUS,
    Wire,
    decided,
    detained,
    discussed,
    made,
    received,
    ruled,
    service,
    the_gap,
)

AT = "2026-03-03 09:00"

# "`cin-census` feeds received, assessments, discussions, conferences and closures, and not
# decisions, although it emits no-further-action ones."
OBSERVED: dict[str, tuple[str, tuple[Wire, ...], bool]] = {
    "no decision in the census": ("decision_overdue", (received(AT, source=CENSUS),), False),
    "no telling in the census": ("referrer_not_told", (received(AT, source=CENSUS),), False),
    "an assessment in the census": (
        "assessment_overdue",
        (received(AT, source=CENSUS), decided(AT)),
        True,
    ),
    "a conference in the census": ("conference_overdue", (discussed(AT, source=CENSUS),), True),
    "a decision in the cases": ("decision_overdue", (received(AT),), True),
    "a decision on what the police made": (
        "decision_overdue",
        (made(AT), received(AT, source=CENSUS)),
        True,
    ),
}


@pytest.mark.parametrize(("rule", "events", "observed"), OBSERVED.values(), ids=OBSERVED)
def test_the_published_feeds_would_show(
    rule: str,
    events: tuple[Wire, ...],
    observed: bool,  # noqa: FBT001 - a table
) -> None:
    assert the_gap(rule, *events).observed is observed


def fed(*lines: Wire, silences: tuple[Wire, ...] = ()) -> Policy:
    """A policy whose feeds are these lines alone."""
    why = {"why": "told in a test"}
    return ruled(
        feeds={
            "schema": 1,
            "silences": [{**line, **why} for line in silences],
            "feeds": [{**line, **why} for line in lines],
        }
    )


CARE, POLICE = {"agency": "norfolk-csc"}, {"agency": "norfolk-police"}
MADE, GOT, ASSESSED = (made(AT),), (received(AT),), (made(AT), decided(AT))
SYSTEM = {"source": CASES}
DECISION, EVERYTHING = ["social-care.referral-decided.v1"], ["*"]

FED: dict[str, tuple[str, tuple[Wire, ...], tuple[Wire, ...], bool]] = {
    "nobody feeds": ("decision_overdue", MADE, ({**POLICE, "types": EVERYTHING},), False),
    "who owes feeds decisions": ("decision_overdue", MADE, ({**CARE, "types": DECISION},), True),
    "who owes feeds no telling": ("referrer_not_told", MADE, ({**CARE, "types": DECISION},), False),
    "a withdrawal alone is no feed": (
        "decision_overdue",
        MADE,
        ({**CARE, "types": ["referral.withdrawn.v1"]},),
        False,
    ),
    "one closing type is enough": (
        "assessment_overdue",
        ASSESSED,
        ({**CARE, "types": ["social-care.case-closed.v1"]},),
        True,
    ),
    "a decision not to refer is enough": (
        "referral_not_made",
        (detained(AT),),
        ({**POLICE, "types": ["no-referral.decided.v1"]},),
        True,
    ),
    "police who feed no referral": (
        "referral_not_made",
        (detained(AT),),
        ({**POLICE, "types": ["police.*"]},),
        False,
    ),
    "support that is only declined": (
        "support_not_started",
        (service(AT),),
        ({"agency": "norfolk-voluntary", "types": ["service.referral-declined.v1"]},),
        True,
    ),
    "the source's own line is asked first, and says less": (
        "decision_overdue",
        GOT,
        ({**CARE, "types": EVERYTHING}, {**SYSTEM, "types": ["social-care.case-closed.v1"]}),
        False,
    ),
    "the source's own line is asked first, and says more": (
        "decision_overdue",
        GOT,
        ({**CARE, "types": ["social-care.case-closed.v1"]}, {**SYSTEM, "types": DECISION}),
        True,
    ),
    "fed only after the anchor, though before the deadline": (
        "decision_overdue",
        MADE,
        ({**CARE, "types": EVERYTHING, "since": date(2026, 3, 4)},),
        False,
    ),
}


@pytest.mark.parametrize(("rule", "events", "lines", "observed"), FED.values(), ids=FED)
def test_a_gap_is_observed_if_what_would_close_it_is_fed(
    rule: str,
    events: tuple[Wire, ...],
    lines: tuple[Wire, ...],
    observed: bool,  # noqa: FBT001 - a table
) -> None:
    assert the_gap(rule, *events, by=fed(*lines)).observed is observed


# As feeds.toml says, "optional dates (London days, both included)"
DATES = {
    "the moment before": ("2026-03-31T22:59:59Z", False),
    "the first moment, by London": ("2026-03-31T23:00:00Z", True),
    "the last moment, by London": ("2026-04-02T22:59:59Z", True),
    "the moment after": ("2026-04-02T23:00:00Z", False),
}


@pytest.mark.parametrize(("at", "inside"), DATES.values(), ids=DATES)
def test_a_feed_and_a_silence_hold_on_their_london_days(at: str, inside: bool) -> None:  # noqa: FBT001 - a table
    dates = {"since": date(2026, 4, 1), "until": date(2026, 4, 2)}
    line = {**CARE, "types": EVERYTHING}
    for_days, silent = fed({**line, **dates}), fed(line, silences=({**line, **dates},))
    assert the_gap("decision_overdue", made(at), by=for_days).observed is inside
    assert the_gap("decision_overdue", made(at), by=silent).observed is not inside
