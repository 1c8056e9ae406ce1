"""Boundaries of `completeness.reason_unclear`.

contract.md 3: "at once: `reason` does not state why, the harm to the child, and what is asked (each
absent, a placeholder, or under [5] words)". What amendments do is in test_completeness_amended.py.
"""

from datetime import date
from functools import partial
from typing import Any

import pytest

from services.domain.gaps import Gap
from services.domain.narrative.features import Reader
from tests.domain.lives import policy
from tests.domain.rules import lessons
from tests.domain.rules.build import Wire, amended, made, ruled, span, when
from tests.domain.rules.lessons import ALL_SAID, ALL_VALUES, REQUIRED, said, with_features, without

RULE = "completeness.reason_unclear"
spans = partial(lessons.spans, RULE)
gaps = partial(lessons.found, RULE)
the_gap = partial(lessons.only, RULE)

AT = "2026-03-03 09:00"
# ""The harm" is `reason.harm`, "what is asked" is `reason.ask`"
PARTS = ("why", "harm", "ask")
READER = Reader(policy(), REQUIRED, {})
each_part = pytest.mark.parametrize("part", PARTS)


def stating(reason: dict[str, int], **facts: Any) -> Wire:  # noqa: ANN401
    return said(made(AT, **facts), ALL_VALUES, reason)


def told_unclear(gap: Gap) -> list[list[str]]:
    """Every list among what `why` is made of that names parts."""
    lists = [value for value in gap.why.params.values() if isinstance(value, list | tuple)]
    return [sorted(names) for names in lists if set(names) & set(PARTS)]


def test_with_every_part_nothing_is_owed() -> None:
    assert gaps(stating(ALL_SAID)) == []


WORDS = {
    "absent": (None, True),
    "blank or a placeholder": (0, True),
    "one word": (1, True),
    "four words": (4, True),
    "five words": (5, False),
    "six words": (6, False),
}


@each_part
@pytest.mark.parametrize(("words", "owed"), WORDS.values(), ids=WORDS)
def test_each_part_has_five_words(part: str, words: int | None, *, owed: bool) -> None:
    stated = without(ALL_SAID, part) | ({} if words is None else {part: words})
    found = gaps(stating(stated))
    assert [(gap.opens_at, gap.closes_at) for gap in found] == [span(AT)] * owed
    # "`why` says which part"
    assert [told_unclear(gap) for gap in found] == [[[part]]] * owed


@pytest.mark.parametrize("part", ["evidence", "voice_of_child"])
@pytest.mark.parametrize("words", [None, 0, 1])
def test_no_other_part_is_needed(part: str, words: int | None) -> None:
    stated = without(ALL_SAID, part) | ({} if words is None else {part: words})
    assert gaps(stating(stated)) == []


def test_words_elsewhere_do_not_stand_for_a_part() -> None:
    gap = the_gap(stating({"evidence": 500, "voice_of_child": 500, "why": 500}))
    assert told_unclear(gap) == [["ask", "harm"]]


def test_it_is_one_gap_of_lesson_2_of_the_sender() -> None:
    referral = stating({})
    gap = the_gap(referral)
    assert (gap.kind, gap.lesson, gap.agency) == ("gap", "2", "norfolk-police")
    assert gap.visible_to == ()
    assert (gap.referral_ref, gap.anchor) == ("R-1", (referral["source"], referral["id"]))
    assert told_unclear(gap) == [sorted(PARTS)]


@pytest.mark.parametrize(
    ("age", "owed"), [(17, True), (None, True), (18, False)], ids=["17", "unknown", "18"]
)
def test_it_is_owed_of_a_child(age: int | None, *, owed: bool) -> None:
    assert bool(gaps(stating({}, age=age))) is owed


# "words are separated by white space"
TEXTS: dict[str, tuple[str | None, bool]] = {
    "four words": ("She is at risk", False),
    "five words": ("She is at serious risk", True),
    "by tabs and lines": ("She\tis\nat  serious\r\nrisk", True),
    "hyphens and commas separate nothing": ("cold-hearted,seen by-all,and-sundry", False),
    "signs alone are words": ("- - - a b", True),
    "null": (None, False),
    "empty": ("", False),
    "spaces": ("     \n   ", False),
    "a placeholder": ("None given.", False),
    "n/a": (" N/A ", False),
}


@each_part
@pytest.mark.parametrize(("text", "stated"), TEXTS.values(), ids=TEXTS)
def test_from_text_what_states_a_part(part: str, text: str | None, *, stated: bool) -> None:
    enough = dict.fromkeys(PARTS, "this is what we would say")
    features = READER.features({"reason": {**enough, part: text}}, when(AT))
    assert bool(gaps(with_features(made(AT), features))) is not stated


@pytest.mark.parametrize(("since", "owed"), [(date(2026, 3, 3), True), (date(2026, 3, 4), False)])
def test_the_number_of_words_is_that_of_the_day(since: date, *, owed: bool) -> None:
    more = ruled({f"{RULE}.words": [{"value": 13, "since": since}]})
    assert bool(gaps(stating(ALL_SAID), by=more)) is owed


# "if a later one makes it incomplete again": that is done by an amendment, not by the policy
def test_an_amendment_of_something_else_under_a_later_number_opens_nothing() -> None:
    more = ruled({f"{RULE}.words": [{"value": 13, "since": date(2026, 3, 4)}]})
    assert gaps(stating(ALL_SAID), amended("2026-03-05 09:00", urgency="immediate"), by=more) == []
