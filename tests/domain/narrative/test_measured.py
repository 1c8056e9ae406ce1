"""Is the reader as often right as docs/rules.md says?"""

import pytest

from services.domain.narrative.reading import PARTS
from tests.domain.narrative.measure import MEASURED, Score, claimed, labelled, measure

LEAST = 200
ROUNDING = 0.005


def test_at_least_two_hundred_reasons_are_labelled_each_once_and_of_every_part() -> None:
    cases = labelled()
    assert len({case["id"] for case in cases}) == len(cases) >= LEAST
    assert len({case["text"] for case in cases}) == len(cases)
    assert {part for case in cases for part in case["states"]} == set(PARTS)
    assert {len(case["states"]) for case in cases} >= {0, 1, 2}


@pytest.mark.parametrize("part", MEASURED)
def test_the_reader_is_no_worse_than_the_document_says(part: str) -> None:
    precision, recall = claimed()[part]
    score = measure(labelled())[part]
    assert score.precision >= precision - ROUNDING
    assert score.recall >= recall - ROUNDING


def test_what_is_measured_is_counted_rightly() -> None:
    cases = [
        {"text": "Please visit", "states": ["ask"], "phrases": []},
        {"text": "n/a", "states": ["ask"], "phrases": ["no angel"]},
        {"text": "Please visit this young man", "states": [], "phrases": ["young  man"]},
    ]
    assert measure(cases)["ask"] == Score(right=1, wrong=1, missed=1)
    assert measure(cases)["phrases"] == Score(right=1, wrong=0, missed=1)
    assert measure(cases)["ask"].precision == measure(cases)["ask"].recall == 0.5
