"""What is known of a referral's words outside the vault?"""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.narrative.features import PARTS, Reader
from services.domain.narrative.phrases import NAME, code_of, phrases_of, uses
from services.domain.narrative.shown import shown
from tests.domain.lives import content, policy

AT = datetime(2026, 3, 5, tzinfo=UTC)
ELEMENTS = content("codes/information-element.toml")["codes"].keys()
ALTERNATIVES = content("policy/adult-language.toml")["alternatives"]
READER = Reader(policy(), ELEMENTS, ALTERNATIVES)
LISTED = policy().words(NAME, AT)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


def element(value: object) -> str:
    state: str = READER.features({"information": {"gp": value}}, AT)["information"]["gp"]
    return state


def why(text: object) -> dict[str, Any]:
    part: dict[str, Any] = READER.features({"reason": {"why": text}}, AT)["reason"]["why"]
    return part


@pytest.mark.parametrize("value", [None, "", " ", [], {}, "N/A.", "?", "None given", "TBC..."])
def test_what_is_no_value_is_blank(value: object) -> None:
    assert element(value) == "blank"


@pytest.mark.parametrize("value", [False, 0, "no", "n / a", [None], {"name": ""}, "Dr Invented"])
def test_false_and_nought_and_whatever_else_is_stated_are_values(value: object) -> None:
    assert element(value) == "value"


@pytest.mark.parametrize(
    "because", ["not-yet-known", "refused", "not-applicable", "would-increase-risk"]
)
def test_an_accepted_reason_not_to_know_is_known(because: str) -> None:
    assert element({"unknown_because": because}) == "unknown"
    assert element({"unknown_because": because.upper()}) == "blank"
    assert element({"unknown_because": [because]}) == "blank"


def test_only_what_is_stated_is_there_and_only_elements_that_are_codes() -> None:
    stated = {"information": {"gp": 1, "Mr Nobody": 1}, "reason": {"ask": "one  two\nthree"}}
    assert READER.features(stated, AT) == {
        "information": {"gp": "value"},
        "reason": {"ask": {"words": 3, "phrases": []}},
    }
    assert READER.features({}, AT) == {"information": {}, "reason": {}}


def test_a_placeholder_has_no_words_however_many_it_has() -> None:
    assert why("None  GIVEN.") == why(None) == why("…") == {"words": 0, "phrases": []}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("He is STREET-wise", ["street-wise"]),
        ("Streetwise, mature\n  for her age", ["mature-for", "streetwise"]),
        ("a young  -  man's room", ["young-man"]),
        ("the immature forest, young mankind, chose topics, gang members", []),
        ("chose to, chose to", ["chose-to"]),
    ],
)
def test_phrases_are_whole_words_in_any_case_with_spaces_and_hyphens_collapsed(
    text: str, codes: list[str]
) -> None:
    assert why(text)["phrases"] == codes


def test_phrases_are_never_looked_for_in_the_childs_own_voice() -> None:
    part = READER.features({"reason": {"voice_of_child": "I chose to go"}}, AT)["reason"]
    assert part == {"voice_of_child": {"words": 4, "phrases": []}}


def test_every_listed_phrase_is_found_and_an_alternative_is_offered() -> None:
    for phrase in LISTED:
        (use,) = (use for use in uses(f"({phrase.upper()})", READER.phrases))
        assert use.phrase.code == code_of(phrase)
        assert use.phrase.alternative == ALTERNATIVES[phrase]


def test_phrases_of_all_versions_of_the_list_are_read() -> None:
    assert [each.code for each in phrases_of([["b  c"], ["a", "B-c", " "]], {})] == ["a", "b-c"]


def test_what_is_shown_has_the_words_judged_on_and_the_alternative() -> None:
    text = "He is no angel"
    (found,) = shown({"why": text, "harm": None, "ask": 1}, READER.phrases).items()
    assert found[0] == "why"
    assert found[1]["empty"] is False
    (use,) = found[1]["phrases"]
    assert text[slice(*use["place"])] == "no angel"
    assert use["alternative"] == ALTERNATIVES["no angel"]


@given(JSON, JSON)
def test_any_data_is_read_and_only_codes_and_counts_come_out(
    information: object, reason: object
) -> None:
    features = READER.features({"information": information, "reason": reason}, AT)
    assert features["information"].keys() <= set(ELEMENTS)
    assert set(features["information"].values()) <= {"value", "unknown", "blank"}
    assert features["reason"].keys() <= set(PARTS)
    json.dumps(features)


@given(
    st.lists(st.sampled_from((*LISTED, "the child", "was", "seen")), max_size=6),
    st.sampled_from((" ", "-", " - ", "\n\t", "\u00a0")),
)
def test_case_and_spacing_change_no_feature_but_the_count_of_words(
    words: list[str], gap: str
) -> None:
    text = " ".join(words)
    assert why(text.upper().replace(" ", gap))["phrases"] == why(text)["phrases"]


@given(st.text(max_size=200))
def test_every_use_is_in_its_text(text: str) -> None:
    for use in uses(text + " no angel", READER.phrases):
        assert 0 <= use.span.start < use.span.end <= len(text) + 9
