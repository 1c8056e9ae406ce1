"""Boundaries of `equity.adult_language`.

contract.md 3: a query at "a phrase of the versioned list in a referral's reason", closed by "an
amendment without it; an `oversight.reviewed` of the referral that overrules it". Which words are a
phrase is intake's to find; the rule has the phrases' codes.
"""

from datetime import date

import pytest

from services.domain import events as e
from services.domain.policy import Policy
from services.domain.registry import Registry
from tests.domain.lives import calendar, content, default_policy
from tests.domain.rules.build import (
    SCHOOL,
    Wire,
    decided,
    made,
    received,
    retracted,
    span,
    told,
    withdrawn,
)
from tests.domain.rules.equity_build import (
    approved,
    by_staff,
    gaps,
    rewritten,
    spans,
    the_gap,
    written,
)

RULE = "adult_language"
AT, LATER = "2026-03-03 09:00", "2026-03-05 10:00"
SAID = written(AT, why=["streetwise"])
PHRASES = [
    "streetwise",
    "street-wise",
    "mature-for",
    "lifestyle-choice",
    "refuses-to-engage",
    "failed-to-engage",
    "choosing-to",
    "chose-to",
    "gang-member",
    "gang-nominal",
    "young-man",
    "young-woman",
    "promiscuous",
    "putting-herself-at-risk",
    "putting-himself-at-risk",
    "no-angel",
    "old-enough-to-know",
]


@pytest.mark.parametrize("phrase", PHRASES)
def test_it_is_asked_at_once_for_each_phrase_of_the_default_list(phrase: str) -> None:
    assert spans(RULE, written(AT, why=[phrase])) == [span(AT)]


# "in `why`, `harm`, `evidence`, `ask`, never in `voice_of_child`"
@pytest.mark.parametrize("part", ["why", "harm", "evidence", "ask"])
def test_it_is_asked_of_each_part_of_a_reason(part: str) -> None:
    said: Wire = {part: ["young-man"]}
    assert spans(RULE, written(AT, **said)) == [span(AT)]


def test_it_is_never_asked_of_the_childs_voice() -> None:
    assert gaps(RULE, written(AT, why=[], voice_of_child=["young-man"])) == []


NOT_ASKED: dict[str, Wire] = {
    "no phrase": written(AT, why=[], harm=[], ask=[]),
    "no reason stated": written(AT),
    "no features at all": made(AT),
    "a phrase of no version that holds": written(AT, why=["grown-up-for"]),
}


@pytest.mark.parametrize("referral", NOT_ASKED.values(), ids=NOT_ASKED)
def test_without_a_phrase_of_the_list_nothing_is_asked(referral: Wire) -> None:
    assert gaps(RULE, referral) == []


# contract.md 3 says "The same thing owed is judged once: obligations are keyed by the ref".
def test_several_phrases_in_one_referral_are_one_query() -> None:
    said = written(AT, why=["streetwise", "young-man"], ask=["young-man"])
    assert spans(RULE, said) == [span(AT)]


def test_each_referral_is_asked_about_whoever_made_it() -> None:
    other = written(LATER, why=["no-angel"], referral_ref="R-2", source=SCHOOL)
    assert spans(RULE, SAID, other) == [span(AT), span(LATER)]
    asked = [(gap.referral_ref, gap.agency) for gap in gaps(RULE, SAID, other)]
    assert asked == [("R-1", "norfolk-police"), ("R-2", "norfolk-school")]


# "an amendment without it"
def test_an_amendment_without_it_closes() -> None:
    assert spans(RULE, SAID, rewritten(LATER, why=[])) == [span(AT, LATER)]


def test_an_amendment_at_the_same_instant_leaves_nothing_to_ask() -> None:
    assert gaps(RULE, SAID, rewritten(AT, why=[])) == []


# "`reason` ... merge by key" (contract.md 2): a part that an amendment does not state still stands.
STILL: dict[str, Wire] = {
    "of another part": rewritten(LATER, harm=[], ask=[]),
    "of no part": rewritten(LATER, urgency="immediate"),
    "with the same phrase": rewritten(LATER, why=["streetwise"]),
    "of another referral": rewritten(LATER, why=[], referral_ref="R-2"),
    "by another agency": rewritten(LATER, why=[], source=SCHOOL),
}


@pytest.mark.parametrize("amendment", STILL.values(), ids=STILL)
def test_an_amendment_that_leaves_it_standing_closes_nothing(amendment: Wire) -> None:
    assert spans(RULE, SAID, amendment) == [span(AT)]


def test_it_closes_with_the_amendment_that_takes_the_last_phrase_out() -> None:
    said = written(AT, why=["streetwise"], ask=["young-man"])
    first, last = rewritten("2026-03-04 09:00", why=[]), rewritten(LATER, ask=[])
    assert spans(RULE, said, first) == [span(AT)]
    assert spans(RULE, said, first, last) == [span(AT, LATER)]


def test_an_amendment_that_brings_a_phrase_in_is_asked_about_at_its_time() -> None:
    brought = rewritten(LATER, harm=["lifestyle-choice"], id="brought")
    gap = the_gap(RULE, written(AT, why=[]), brought)
    assert (gap.opens_at, gap.closes_at, gap.anchor[1]) == (*span(LATER), "brought")


# "Where a thing can be owed more than once, its id adds the ordinal by `opens_at`"
def test_a_phrase_that_comes_back_is_asked_about_again() -> None:
    back = rewritten("2026-03-08 09:00", why=["promiscuous"])
    both = SAID, rewritten(LATER, why=[]), back
    assert spans(RULE, *both) == [span(AT, LATER), span("2026-03-08 09:00")]
    assert len({gap.gap_id for gap in gaps(RULE, *both)}) == 2


# "A later `approved` review by someone else overrules."
@pytest.mark.parametrize("at", ["2026-03-03 09:00:00.000001", "2026-03-05 10:00"])
def test_a_later_approved_review_by_someone_else_closes(at: str) -> None:
    assert spans(RULE, SAID, approved(at)) == [span(AT, at)]


REVIEWS: dict[str, Wire] = {
    "by the one who wrote it": approved(LATER, staff="writer", source="/norfolk-police/pages"),
    "that returned it": approved(LATER, outcome="returned"),
    "that escalated it": approved(LATER, outcome="escalated"),
    "that said to refer": approved(LATER, outcome="refer"),
    "of another referral": approved(LATER, of={"kind": "referral", "ref": "R-2"}),
    "of a custody with that ref": approved(LATER, of={"kind": "custody", "ref": "R-1"}),
    "before it": approved("2026-03-03 08:59:59"),
}


@pytest.mark.parametrize("review", REVIEWS.values(), ids=REVIEWS)
def test_no_other_review_closes(review: Wire) -> None:
    assert spans(RULE, SAID, review) == [span(AT)]


# "The person who did it" is any practitioner on an event of that ref: "made or amended".
def test_whoever_amended_it_is_not_someone_else() -> None:
    again = rewritten("2026-03-04 09:00", staff="second", harm=[])
    own = approved(LATER, staff="second", source="/norfolk-police/pages")
    assert spans(RULE, SAID, again, own) == [span(AT)]
    assert spans(RULE, SAID, again, own, approved("2026-03-06 09:00")) == [
        span(AT, "2026-03-06 09:00")
    ]


def test_a_review_before_the_phrase_came_in_overrules_nothing() -> None:
    early = approved("2026-03-04 09:00")
    assert spans(RULE, written(AT, why=[]), early, rewritten(LATER, why=["no-angel"])) == [
        span(LATER)
    ]


def test_what_was_overruled_is_not_asked_about_again_by_an_amendment_of_something_else() -> None:
    other = rewritten("2026-03-08 09:00", harm=[], urgency="immediate")
    assert spans(RULE, SAID, approved(LATER), other) == [span(AT, LATER)]


# "`referral.withdrawn` closes that referral's own gaps: timeliness, completeness, review, returned
# and language"; "Nothing said of a referral after its withdrawal opens a gap."
def test_withdrawal_closes() -> None:
    over = withdrawn(LATER)
    assert spans(RULE, SAID, over) == [span(AT, LATER)]
    assert spans(RULE, SAID, withdrawn(LATER, referral_ref="R-2")) == [span(AT)]


def test_what_is_written_after_the_withdrawal_is_not_asked_about() -> None:
    over = withdrawn("2026-03-04 09:00")
    assert gaps(RULE, written(AT, why=[]), over, rewritten(LATER, why=["young-man"])) == []


@pytest.mark.parametrize(
    "other", [received(LATER), decided(LATER), told(LATER)], ids=["received", "decided", "told"]
)
def test_nothing_else_closes_it(other: Wire) -> None:
    assert spans(RULE, SAID, other) == [span(AT)]


def test_a_retracted_referral_is_not_asked_about() -> None:
    assert gaps(RULE, SAID, retracted(SAID)) == []


def test_a_retracted_amendment_or_review_closes_nothing() -> None:
    mended, seen = rewritten(LATER, why=[]), approved("2026-03-06 09:00")
    assert spans(RULE, SAID, mended, seen, retracted(mended)) == [span(AT, "2026-03-06 09:00")]
    assert spans(RULE, SAID, seen, retracted(seen)) == [span(AT)]


# "an event whose target is not yet known stands in the chronology without effect"
def test_an_amendment_of_an_unknown_referral_waits_for_it() -> None:
    mended = rewritten(LATER, why=["streetwise"])
    assert gaps(RULE, mended) == []
    assert len(gaps(RULE, mended, written(AT, why=[]))) == 1


# "a phrase of the versioned list": dated by London day
def test_the_list_that_holds_on_the_referrals_london_day_counts() -> None:
    default, registry = default_policy(), Registry.parse(content("agencies.toml"))
    (first,) = default["lists"]["equity.adult_language.phrases"]
    later = {**first, "values": ["young man"], "since": date(2026, 4, 1)}
    default["lists"]["equity.adult_language.phrases"] = [first, later]
    by = Policy.parse(default, content("policy/feeds.toml"), registry, calendar())
    before, on = "2026-03-31T22:59:59Z", "2026-03-31T23:00:00Z"
    assert spans(RULE, written(before, why=["no-angel"]), by=by) == [span(before)]
    assert spans(RULE, written(on, why=["no-angel"]), by=by) == []
    assert spans(RULE, written(on, why=["young-man"]), by=by) == [span(on)]


def test_a_reviewer_of_the_same_force_is_someone_else() -> None:
    review = by_staff(approved(LATER, source="/norfolk-police/pages"), "sergeant")
    assert review["type"] == e.REVIEWED
    assert spans(RULE, SAID, review) == [span(AT, LATER)]
