"""Whose grades are compared with whose?"""

from typing import Any

import pytest

from services.domain.chronology import fold
from services.domain.grades import GRADED, pairs, readings, tables
from tests.domain.lives import registry
from tests.domain.rules import build as b

OWN = frozenset({"norfolk-qa"})
GOOD, POOR, BAD = "good", "requires-improvement", "inadequate"
MADE = b.made("2026-03-03 09:00")


def graded(day: int, auditor: str, *, blind: bool | None = None, **said: Any) -> b.Wire:  # noqa: ANN401
    """Graded on a day of April, `overall` good unless told."""
    who = {"staff_ref": auditor, "role": "auditor", "unit": "quality-assurance"}
    facts = {"referral_ref": "R-1", "grades": {"overall": GOOD}, "practitioner": who, **said}
    source = facts.pop("source", "/norfolk-qa/pages")
    return b.event(GRADED, f"2026-04-{day:02} 09:00", source, blind=blind, **facts)


def paired(*events: b.Wire) -> dict[str, tuple[str, str]]:
    folded = fold(b.life([MADE, *events]), registry())
    return pairs(readings(folded.referrals["R-1"]), OWN)


FIRST = graded(1, "a")
SECOND = graded(2, "b", blind=True, grades={"overall": POOR})
PAIR = {"overall": (GOOD, POOR)}


def test_a_blind_reading_is_compared_with_another_auditors() -> None:
    assert paired(FIRST, SECOND) == PAIR


def test_the_blind_reader_is_the_second_whoever_read_earlier() -> None:
    assert paired(graded(3, "a"), SECOND) == PAIR


def test_of_two_blind_readers_the_earlier_is_the_first() -> None:
    assert paired(graded(1, "a", blind=True), SECOND) == PAIR


@pytest.mark.parametrize(
    "second",
    [
        graded(2, "b", blind=False),
        graded(2, "b"),
        graded(2, "a", blind=True),
        graded(2, "b", blind=True, referral_ref="R-2"),
        graded(2, "b", blind=True, grades={"reason": GOOD}),
        graded(2, "b", blind=True, source="/kent-qa/pages"),
        graded(2, "b", blind=True, practitioner={}),
        graded(2, "b", blind=True, grades={}),
    ],
)
def test_nothing_else_makes_a_pair(second: b.Wire) -> None:
    assert paired(FIRST, second) == {}


def test_what_an_auditor_graded_again_counts_as_it_was_first_graded() -> None:
    again = graded(5, "b", blind=True)
    assert paired(FIRST, SECOND, again) == PAIR
    assert paired(FIRST, SECOND, graded(6, "a", grades={"overall": BAD})) == PAIR


def test_a_third_reader_makes_no_second_pair() -> None:
    third = graded(3, "c", blind=True, grades={"overall": BAD})
    assert paired(FIRST, SECOND, third) == PAIR


def test_a_retracted_grading_is_not_compared() -> None:
    assert paired(FIRST, SECOND, b.retracted(SECOND)) == {}


def test_each_dimension_is_paired_by_itself() -> None:
    first = graded(1, "a", grades={"overall": GOOD, "reason": BAD})
    second = graded(2, "b", blind=True, grades={"reason": POOR, "response": GOOD})
    assert paired(first, second) == {"reason": (BAD, POOR)}


def test_pairs_are_counted_by_the_firsts_row_and_the_seconds_column() -> None:
    found = tables(
        [({"reason": (BAD, POOR)}, 1), (PAIR, 2), ({"overall": (GOOD, POOR)}, 1), ({}, 3)]
    )
    assert found == {
        "overall": [[0, 3, 0], [0, 0, 0], [0, 0, 0]],
        "reason": [[0, 0, 0], [0, 0, 0], [0, 1, 0]],
    }
    assert list(found) == ["overall", "reason"]
