"""Boundaries of `completeness.child_not_heard`.

contract.md 3: "at once: no `voice_of_child`". What amendments do is in
test_completeness_amended.py.
"""

from functools import partial
from typing import Any

import pytest

from services.domain.narrative.features import Reader
from tests.domain.lives import policy
from tests.domain.rules import lessons
from tests.domain.rules.build import Wire, made, received, span, when
from tests.domain.rules.lessons import ALL_SAID, ALL_VALUES, REQUIRED, said, with_features, without

RULE = "completeness.child_not_heard"
spans = partial(lessons.spans, RULE)
gaps = partial(lessons.found, RULE)
the_gap = partial(lessons.only, RULE)

AT = "2026-03-03 09:00"
UNHEARD = without(ALL_SAID, "voice_of_child")
READER = Reader(policy(), REQUIRED, {})


def stating(reason: dict[str, int], **facts: Any) -> Wire:  # noqa: ANN401
    return said(made(AT, **facts), ALL_VALUES, reason)


# "the voice has no minimum length"
@pytest.mark.parametrize(
    ("words", "owed"), [(None, True), (0, True), (1, False), (4, False), (500, False)]
)
def test_there_is_a_voice(words: int | None, *, owed: bool) -> None:
    heard = UNHEARD | ({} if words is None else {"voice_of_child": words})
    assert spans(stating(heard)) == [span(AT)] * owed


def test_it_is_a_gap_of_lesson_2_of_the_sender() -> None:
    referral = stating(UNHEARD)
    gap = the_gap(referral)
    assert (gap.kind, gap.lesson, gap.agency) == ("gap", "2", "norfolk-police")
    assert gap.visible_to == ()
    assert (gap.referral_ref, gap.anchor) == ("R-1", (referral["source"], referral["id"]))


def test_a_voice_alone_is_enough() -> None:
    assert gaps(said(made(AT), {}, {"voice_of_child": 1})) == []


def test_a_referral_that_states_no_reason_at_all_has_none() -> None:
    assert spans(said(made(AT))) == [span(AT)]


def test_what_was_only_received_owes_nothing() -> None:
    assert gaps(received(AT)) == []


@pytest.mark.parametrize(
    ("age", "owed"), [(17, True), (None, True), (18, False)], ids=["17", "unknown", "18"]
)
def test_it_is_owed_of_a_child(age: int | None, *, owed: bool) -> None:
    assert bool(gaps(stating(UNHEARD, age=age))) is owed


# "a placeholder is no voice"
TEXTS: dict[str, tuple[str | None, bool]] = {
    "one word": ("No", True),
    "a sentence": ("I want to go home.", True),
    "a refusal": ("She did not want to speak.", True),
    "null": (None, False),
    "empty": ("", False),
    "spaces": (" \n\t", False),
    "?": ("?", False),
    "unknown": ("Unknown.", False),
    "n/a": ("N/A", False),
    "tbc": ("TBC!", False),
    "none given": (" none given ", False),
}


@pytest.mark.parametrize(("text", "heard"), TEXTS.values(), ids=TEXTS)
def test_from_text_what_is_a_voice(text: str | None, *, heard: bool) -> None:
    features = READER.features({"reason": {"voice_of_child": text}}, when(AT))
    assert bool(gaps(with_features(made(AT), features))) is not heard
