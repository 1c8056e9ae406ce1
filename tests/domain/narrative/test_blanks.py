"""What is a placeholder, by the letter, and what is merely empty?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.narrative.blanks import is_empty, is_placeholder, without_end

LIST = ("n/a", "unknown", "tbc", "none given", "?")
PLACEHOLDERS = (
    "", " \t\n", "n/a", "N/A", " N/A. ", "Unknown!", "TBC...", "tbc…", "None  given", "?", "???",
    "-", "n/a -", "UNKNOWN ,",
)  # fmt: skip
EMPTY_ONLY = (
    "n / a", "t b c", "N/A - N/A", "n/a n/a", "not known at this time", "see above", "T.B.C.",
    "See police log 12/2026", "(unknown)", "as yet unknown",
    "\N{FULLWIDTH LATIN CAPITAL LETTER N}/A",
    "see the log", "Concerned about the child", "ongoing issues at home",
)  # fmt: skip
SAYING = (
    "no", "0", "unknown man at the door", "n/a because she has no siblings",
    "none given by mum yet home",    "tbc with his school", "the child", "15",
)  # fmt: skip


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_placeholder_is_seen_through_in_any_case_and_with_punctuation(text: str) -> None:
    assert is_placeholder(text, LIST)
    assert is_empty(text)


@pytest.mark.parametrize("text", EMPTY_ONLY)
def test_an_empty_phrase_is_a_finding_of_its_own_and_no_placeholder(text: str) -> None:
    assert is_empty(text)
    assert not is_placeholder(text, LIST)


@pytest.mark.parametrize("text", SAYING)
def test_what_says_something_is_neither(text: str) -> None:
    assert not is_placeholder(text, LIST)
    assert not is_empty(text)


def test_the_list_decides_what_is_a_placeholder() -> None:
    assert is_placeholder("Not  stated.", ("not stated",))
    assert not is_placeholder("tbc", ("not stated",))


@given(st.text())
def test_any_text_is_judged_and_its_end_and_spacing_do_not_matter(text: str) -> None:
    assert isinstance(is_empty(text), bool)
    assert is_placeholder(text, LIST) == is_placeholder(f"  {text} .!", LIST)
    assert without_end(without_end(text)) == without_end(text)


@given(st.sampled_from((*PLACEHOLDERS, *EMPTY_ONLY)), st.sampled_from((*PLACEHOLDERS, *EMPTY_ONLY)))
def test_two_empty_phrases_are_one(one: str, other: str) -> None:
    assert is_empty(f"{one} {other}")
