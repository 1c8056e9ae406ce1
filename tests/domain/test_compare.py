"""When is a change clear, a group far from another, a unit outside the funnel?"""

import pytest
from scipy.stats import binom
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from services.domain import funnel
from services.domain.compare import (
    Direction,
    Share,
    Way,
    beside_in_words,
    difference,
    in_words,
    relative,
    way,
)


def share(met: int, units: int) -> Share:
    low, high = proportion_confint(met, units, 0.05, "wilson")
    return Share(met, units, low, high)


@pytest.mark.parametrize(
    ("now", "before"), [((80, 100), (60, 100)), ((45, 90), (44, 88)), ((3, 12), (11, 12))]
)
def test_the_interval_is_newcombes_as_the_library_has_it(
    now: tuple[int, int], before: tuple[int, int]
) -> None:
    found = difference(share(*now), share(*before), 10)
    low, high = confint_proportions_2indep(*now, *before, method="newcomb")
    assert [found.low, found.high] == pytest.approx([low, high])


def test_a_change_is_clear_where_the_interval_leaves_none_out() -> None:
    assert difference(share(80, 100), share(60, 100), 10).verdict == "clear-change"
    assert difference(share(65, 100), share(60, 100), 10).verdict == "no-clear-change"
    assert difference(share(9, 9), share(60, 100), 10).verdict == "too-few"
    assert difference(None, share(60, 100), 10).verdict == "too-few"


def test_the_sentence_says_what_is_better_by_the_direction_of_the_measure() -> None:
    up = difference(share(80, 100), share(60, 100), 10)
    assert in_words(up, "good", "May") == (
        "Clear change since May: better, up by 20.0 percentage points."
    )
    assert "worse, up" in in_words(up, "bad", "May")
    assert in_words(up, "neutral", "May") == (
        "Clear change since May: up by 20.0 percentage points."
    )
    same = difference(share(60, 100), share(60, 100), 10)
    assert in_words(same, "good", "May") == "No clear change since May."
    assert "Too few" in in_words(difference(None, None, 10), "good", "May")


@pytest.mark.parametrize(
    ("now", "before", "direction", "told"),
    [
        ((600, 1000), (700, 1000), "good", "worse"),
        ((600, 1000), (700, 1000), "bad", "better"),
        ((700, 1000), (600, 1000), "good", "better"),
        ((700, 1000), (600, 1000), "bad", "worse"),
        ((700, 1000), (600, 1000), "neutral", "changed"),
        ((6, 10), (7, 10), "good", "no-clear-change"),
        ((1, 4), (3, 4), "good", "not-known"),
        ((0, 30), (30, 30), "good", "worse"),
    ],
)
def test_which_way_it_went_is_told_where_the_change_is_clear_and_as_the_sentence_does(
    now: tuple[int, int], before: tuple[int, int], direction: Direction, told: Way
) -> None:
    found = difference(share(*now), share(*before), 10)
    assert way(found, direction) == told
    words = {"worse": ": worse", "better": ": better", "changed": "Clear change",
             "no-clear-change": "No clear change", "not-known": "Too few to say"}  # fmt: skip
    assert words[told] in in_words(found, direction, "May")
    assert way(difference(None, share(*before), 10), direction) == "not-known"


def test_two_groups_of_one_time_differ_in_words() -> None:
    less = difference(share(60, 100), share(80, 100), 10)
    assert beside_in_words(less, "good", "all others") == (
        "Clearly worse: 20.0 percentage points less than all others."
    )
    assert beside_in_words(less, "bad", "all others").startswith("Clearly better: ")
    assert beside_in_words(less, "neutral", "all others").startswith("Clearly different: ")
    same = difference(share(60, 100), share(60, 100), 10)
    assert beside_in_words(same, "good", "all others") == "No clear difference from all others."
    none = difference(None, None, 10)
    assert beside_in_words(none, "good", "all others").startswith("Too few")


# By hand: (30/100)/(15/100) = 2; s = sqrt(1/30 - 1/100 + 1/15 - 1/100) = 0.2828
def test_a_relative_rate_has_its_interval_on_the_logarithm() -> None:
    found = relative((30, 100), (15, 100), 10, 0.95)
    assert found.value == pytest.approx(2.0)
    assert [found.low, found.high] == pytest.approx([1.149, 3.482], abs=3e-3)
    assert relative((1, 9), (15, 100), 10, 0.95).standing == "too-few"
    assert relative((0, 50), (15, 100), 10, 0.95).standing == "none-met"


@pytest.mark.parametrize(("rate", "units"), [(0.5, 400), (0.8, 600), (0.3, 900)])
def test_the_funnel_holds_as_many_as_it_says(rate: float, units: int) -> None:
    found = funnel.limits(rate, units)
    inside = binom.cdf(found.high_inner * units, units, rate) - binom.cdf(
        found.low_inner * units, units, rate
    )
    assert inside == pytest.approx(0.95, abs=0.02)
    wide = binom.cdf(found.high * units, units, rate) - binom.cdf(found.low * units, units, rate)
    assert wide == pytest.approx(0.998, abs=0.003)


def test_a_unit_is_placed_in_the_funnel_unless_it_is_too_small() -> None:
    assert funnel.place(50, 100, 0.5, 10) == "within"
    assert funnel.place(61, 100, 0.5, 10) == "above-95"
    assert funnel.place(39, 100, 0.5, 10) == "below-95"
    assert funnel.place(70, 100, 0.5, 10) == "above-99.8"
    assert funnel.place(30, 100, 0.5, 10) == "below-99.8"
    assert funnel.place(9, 9, 0.5, 10) == "too-few"
    assert funnel.limits(0.5, 0) == (0.0, 0.0, 1.0, 1.0)
