"""What amendments, a second `referral.made` and a withdrawal do to the rules of completeness.

contract.md 3.1: "An amendment's `reason` merges by key like `information`; a key is emptied only by
stating it blank. The state after each amendment is judged; if a later one makes it incomplete
again, a new gap opens, anchored on that amendment."
"""

from dataclasses import dataclass, field

import pytest

from tests.domain.rules import lessons
from tests.domain.rules.build import (
    SCHOOL,
    Span,
    Wire,
    amended,
    decided,
    made,
    retracted,
    span,
    withdrawn,
)
from tests.domain.rules.lessons import ALL_SAID, ALL_VALUES, said, without

AT = "2026-03-03 09:00"
LATER, LATEST = "2026-03-05 15:00", "2026-03-09 11:00"


@dataclass(frozen=True)
class Part:
    """What one rule asks for: stated, emptied; and the same of something else that it asks for."""

    information: dict[str, str] = field(default_factory=dict)
    reason: dict[str, int] = field(default_factory=dict)

    def of(self, wire: Wire) -> Wire:
        return said(wire, self.information, self.reason)


FULL = Part(ALL_VALUES, ALL_SAID)
NOTHING = Part()
GP, NO_GP = Part({"gp": "value"}), Part({"gp": "blank"})
HARM, NO_HARM = Part({}, {"harm": 5}), Part({}, {"harm": 4})
VOICE, NO_VOICE = Part({}, {"voice_of_child": 1}), Part({}, {"voice_of_child": 0})
LACKING_GP = Part(without(ALL_VALUES, "gp"), ALL_SAID)
LACKING_HARM = Part(ALL_VALUES, without(ALL_SAID, "harm"))
LACKING_VOICE = Part(ALL_VALUES, without(ALL_SAID, "voice_of_child"))


@dataclass(frozen=True)
class Case:
    """A rule, a referral that lacks one thing, what fills it, and what empties it."""

    rule: str
    lacking: Part
    filled: Part
    emptied: Part


CASES = (
    Case("completeness.information_missing", LACKING_GP, GP, NO_GP),
    Case("completeness.reason_unclear", LACKING_HARM, HARM, NO_HARM),
    Case("completeness.child_not_heard", LACKING_VOICE, VOICE, NO_VOICE),
)
pytestmark = pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.rule))


def owed(case: Case, *events: Wire) -> list[Span]:
    return lessons.spans(case.rule, *events)


def test_the_amendment_that_supplies_it_closes(case: Case) -> None:
    start = case.lacking.of(made(AT))
    assert owed(case, start, case.filled.of(amended(LATER))) == [span(AT, LATER)]
    soon = "2026-03-03 09:00:00.000001"
    assert owed(case, start, case.filled.of(amended(soon))) == [span(AT, soon)]
    still = case.emptied.of(amended(LATER))
    assert owed(case, start, still, case.filled.of(amended(LATEST))) == [span(AT, LATEST)]


def test_an_amendment_of_something_else_closes_nothing(case: Case) -> None:
    others = [part for part in (GP, HARM, VOICE) if part is not case.filled]
    start = case.lacking.of(made(AT))
    for other in (NOTHING, case.emptied, *others):
        assert owed(case, start, other.of(amended(LATER))) == [span(AT)]
    elsewhere = case.lacking.of(made(AT, referral_ref="R-2"))
    of_other = case.filled.of(amended(LATER, referral_ref="R-2"))
    both = owed(case, start, elsewhere, of_other)
    assert sorted(both, key=str) == sorted([span(AT), span(AT, LATER)], key=str)
    assert owed(case, start, decided(LATER)) == [span(AT)]


# "a key is emptied only by stating it blank"
def test_what_an_amendment_does_not_state_it_leaves(case: Case) -> None:
    others = [part for part in (NO_GP, NO_HARM, NO_VOICE) if part is not case.emptied]
    for other in (NOTHING, case.filled, *others):
        assert owed(case, FULL.of(made(AT)), other.of(amended(LATER))) == []
    assert owed(case, FULL.of(made(AT)), amended(LATER, urgency="immediate")) == []


# "if a later one makes it incomplete again, a new gap opens, anchored on that amendment"
def test_an_amendment_that_empties_it_opens_a_new_gap(case: Case) -> None:
    blank = case.emptied.of(amended(LATER))
    (gap,) = lessons.found(case.rule, FULL.of(made(AT)), blank)
    assert (gap.opens_at, gap.closes_at) == span(LATER)
    assert (gap.anchor, gap.agency) == ((blank["source"], blank["id"]), "norfolk-police")
    assert owed(case, FULL.of(made(AT)), blank, case.filled.of(amended(LATEST))) == [
        span(LATER, LATEST)
    ]


def test_two_gaps_of_one_referral_have_two_names(case: Case) -> None:
    start, supplied = case.lacking.of(made(AT)), case.filled.of(amended(LATER))
    two = lessons.found(case.rule, start, supplied, case.emptied.of(amended(LATEST)))
    assert [(gap.opens_at, gap.closes_at) for gap in two] == [span(AT, LATER), span(LATEST)]
    assert len({gap.gap_id for gap in two}) == len(two)
    # "its id adds the ordinal by `opens_at` (from the 2nd)": the first keeps its own
    (first,) = lessons.found(case.rule, start)
    assert two[0].gap_id == first.gap_id


def test_emptied_again_while_open_is_the_same_gap(case: Case) -> None:
    again = case.emptied.of(amended(LATER)), case.emptied.of(amended(LATEST))
    assert owed(case, case.lacking.of(made(AT)), *again) == [span(AT)]
    assert owed(case, FULL.of(made(AT)), *again) == [span(LATER)]


# "Amendments timed at or before `referral.made` are part of it"
@pytest.mark.parametrize("at", [AT, "2026-03-03 08:59:59.999999", "2026-02-01 09:00"])
def test_an_amendment_at_or_before_it_was_made_is_part_of_it(case: Case, at: str) -> None:
    assert owed(case, case.lacking.of(made(AT)), case.filled.of(amended(at))) == []
    later = case.emptied.of(amended(LATER))
    assert owed(case, case.lacking.of(made(AT)), case.filled.of(amended(at)), later) == [
        span(LATER)
    ]


# "a second `referral.made` with the same ref counts as an amendment"
def test_made_again_counts_as_an_amendment(case: Case) -> None:
    assert owed(case, case.lacking.of(made(AT)), case.filled.of(made(LATER))) == [span(AT, LATER)]
    assert owed(case, FULL.of(made(AT)), case.lacking.of(made(LATER))) == []
    assert owed(case, FULL.of(made(AT)), case.emptied.of(made(LATER))) == [span(LATER)]


# "an amendment of an unknown referral waits for it"
def test_an_amendment_of_an_unknown_referral_waits(case: Case) -> None:
    assert owed(case, case.emptied.of(amended(LATER))) == []
    other = FULL.of(made(AT, referral_ref="R-2"))
    assert owed(case, other, case.emptied.of(amended(LATER))) == []
    assert owed(case, case.lacking.of(made(AT)), case.filled.of(amended(LATER))) == [
        span(AT, LATER)
    ]


# "amend, withdraw and retract only the original sender"
def test_another_agencys_amendment_has_no_effect(case: Case) -> None:
    assert owed(case, case.lacking.of(made(AT)), case.filled.of(amended(LATER, source=SCHOOL))) == [
        span(AT)
    ]
    assert owed(case, FULL.of(made(AT)), case.emptied.of(amended(LATER, source=SCHOOL))) == []


def test_a_retracted_amendment_has_no_effect(case: Case) -> None:
    supplied, blank = case.filled.of(amended(LATER)), case.emptied.of(amended(LATER))
    assert owed(case, case.lacking.of(made(AT)), supplied, retracted(supplied)) == [span(AT)]
    assert owed(case, FULL.of(made(AT)), blank, retracted(blank)) == []


# "`referral.withdrawn` closes that referral's own gaps: timeliness, completeness, ..."; "Nothing
# said of a referral after its withdrawal opens a gap."
def test_a_withdrawal_closes_and_nothing_after_it_opens(case: Case) -> None:
    start = case.lacking.of(made(AT))
    assert owed(case, start, withdrawn(LATER)) == [span(AT, LATER)]
    assert owed(case, start, withdrawn(AT)) == []
    assert owed(case, start, withdrawn(LATER), case.filled.of(amended(LATEST))) == [span(AT, LATER)]
    assert owed(case, FULL.of(made(AT)), withdrawn(LATER), case.emptied.of(amended(LATEST))) == []
    assert owed(case, start, case.filled.of(amended(LATER)), withdrawn(LATEST)) == [span(AT, LATER)]


# "an event at 18 or over opens nothing", and "Turning 18 later closes nothing"
def test_what_is_said_at_18_opens_nothing_and_still_closes(case: Case) -> None:
    assert owed(case, FULL.of(made(AT)), case.emptied.of(amended(LATER, age=18))) == []
    assert owed(case, case.lacking.of(made(AT)), amended(LATER, age=18)) == [span(AT)]
    assert owed(case, case.lacking.of(made(AT)), case.filled.of(amended(LATER, age=18))) == [
        span(AT, LATER)
    ]
