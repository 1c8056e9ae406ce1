"""Does the reader find what is there, and only what is there?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.narrative.reading import PARTS, read, stated

TOLD = (
    ("Found late at night far from home with two adults nobody could name", {"why"}),
    ("He is likely to be exploited to carry drugs", {"harm"}),
    ("Officers saw a bag handed over", {"evidence"}),
    ("An assessment under section 17 and a worker for the family", {"ask"}),
    ("Said that home is loud", {"voice"}),
    ('Note on the desk: "I want my sister to stay with me"', {"voice"}),
    ("Kai said that nights are loud", {"voice"}),
    ("Evidence: two neighbours and a letter. Ask: someone to ring the family", {"evidence", "ask"}),
)
NOT_TOLD = (
    ("No injuries", "harm"),
    ("No bruising or swelling", "harm"),
    ("The child's views were not obtained", "voice"),
    ("Harm: n/a", "harm"),
    ("Voice of child: not spoken to", "voice"),
    ("Ask: t b c", "ask"),
    ("PC Jones said there was a bag", "voice"),
    ("Mum came in and she said it was loud", "voice"),
    ("It was said that nights are loud", "voice"),
    ("A section 47 is not required", "ask"),
)
NOTHING = ("", "N/A", "n / a", "t b c", "Concerned about child", "See police log 12", "???")


@pytest.mark.parametrize(("text", "parts"), TOLD)
def test_a_part_is_stated_by_its_cues(text: str, parts: set[str]) -> None:
    assert parts <= stated(text)


@pytest.mark.parametrize(("text", "part"), NOT_TOLD)
def test_what_is_said_to_be_absent_or_is_another_persons_is_not_stated(
    text: str, part: str
) -> None:
    assert part not in stated(text)


@pytest.mark.parametrize("text", NOTHING)
def test_what_says_nothing_states_nothing(text: str) -> None:
    assert stated(text) == frozenset()


def test_the_words_judged_on_are_shown() -> None:
    text = "He said he is scared. Please visit."
    shown = {part: [span.of(text) for span in spans] for part, spans in read(text).items()}
    assert shown == {
        "why": [],
        "harm": ["scared"],
        "evidence": ["said he"],
        "ask": ["Please", "visit"],
        "voice": ["He said"],
    }


@given(st.text(max_size=300))
def test_any_text_is_read_and_every_span_is_in_it(text: str) -> None:
    reading = read(text)
    assert tuple(reading) == PARTS
    for spans in reading.values():
        assert list(spans) == sorted(spans)
        assert all(0 <= span.start < span.end <= len(text) for span in spans)


LINES = st.lists(
    st.sampled_from([text for text, _ in (*TOLD, *NOT_TOLD)] + list(NOTHING)), max_size=4
)


@given(LINES, st.sampled_from((str.upper, str.lower, str.title)))
def test_the_case_changes_nothing(lines: list[str], cased: object) -> None:
    text = ". ".join(lines)
    assert callable(cased)
    assert stated(cased(text)) == stated(text)


@given(LINES, st.lists(st.sampled_from((" ", "  ", "\t", "\u00a0 ")), min_size=1, max_size=3))
def test_the_spacing_within_a_line_changes_nothing(lines: list[str], gaps: list[str]) -> None:
    text = ". ".join(lines)
    assert stated(text.replace(" ", "".join(gaps))) == stated(text)
