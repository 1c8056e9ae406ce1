"""Are control charts as Making Data Count has them? Vectors worked out by hand from its rules."""

import pytest

from services.domain.spc import (
    Point,
    assurance_of,
    chart,
    limits_of,
    variation_of,
)

FLAT = [10.0, 12.0, 11.0, 9.0, 10.0, 11.0, 12.0, 10.0, 9.0, 11.0, 10.0, 12.0]


def rules(values: list[float], direction: str = "good") -> list[str | None]:
    return [point.rule for point in chart(values, direction)]  # type: ignore[arg-type]


def last(values: list[float], direction: str = "good") -> Point:
    return chart(values, direction)[-1]  # type: ignore[arg-type]


# mean 11; moving ranges 2, 2, 2: average 2; 2.66 x 2 = 5.32
def test_limits_are_2_66_average_moving_ranges_from_the_mean() -> None:
    found = limits_of([10.0, 12.0, 10.0, 12.0])
    assert [found.mean, found.low, found.high] == pytest.approx([11.0, 5.68, 16.32])
    assert found.near_high == pytest.approx(11 + 2.66 * 2 * 2 / 3)


# ranges 1 x 9 and one of 40: average 4.9, of which 3.267 x 4.9 = 16.0 is less than 40: left out
def test_a_moving_range_beyond_3_267_averages_is_left_out_once() -> None:
    values = [10.0, 11.0, 10.0, 11.0, 10.0, 50.0, 51.0, 50.0, 51.0, 50.0, 51.0]
    found = limits_of(values)
    assert found.high - found.mean == pytest.approx(2.66 * 1.0)


# One range alone is its own average and stays: 3.267 times it is more than it.
def test_screening_is_strict_and_in_one_pass() -> None:
    assert limits_of([0.0, 3.0]).high == pytest.approx(1.5 + 2.66 * 3)
    assert limits_of([5.0]).high == 5.0
    with pytest.raises(ValueError, match="no values"):
        limits_of([])


def test_common_variation_is_no_rule() -> None:
    assert rules(FLAT) == [None] * len(FLAT)
    assert last(FLAT).variation == "common"


def test_a_point_beyond_a_limit() -> None:
    assert rules([*FLAT, 30.0])[-1] == "outside"
    assert last([*FLAT, 30.0]).variation == "improvement"
    assert last([*FLAT, 30.0], "bad").variation == "concern"
    assert last([*FLAT, 30.0], "neutral").variation == "high"
    assert last([*FLAT, -9.0], "neutral").variation == "low"


def test_seven_rising_are_a_trend_and_six_are_not() -> None:
    rising = [10.0, 10.2, 10.4, 10.6, 10.8, 11.0, 11.2]
    assert rules([*FLAT, 9.0, *rising])[-7:] == ["trend"] * 7
    assert rules([*FLAT, 9.5, 9.4, *rising[:5]])[-5:] == [None] * 5


# A trend below the mean that goes up is an improvement where more is better: its direction counts.
def test_a_trend_is_good_or_bad_by_its_direction_and_not_by_its_side_of_the_mean() -> None:
    low = [20.0, 19.0, 21.0, 20.0, 19.0, 21.0, 20.0, 19.0, 15.0, 15.3, 15.6, 15.9, 16.2, 16.5, 16.8]
    point = last(low)
    assert (point.rule, point.value < point.limits.mean) == ("trend", True)
    assert point.variation == "improvement"


def test_equal_values_break_a_trend() -> None:
    assert "trend" not in rules([1.0, 2.0, 3.0, 4.0, 4.0, 5.0, 6.0, 7.0, 2.0, 6.0, 1.0, 7.0])


def test_seven_on_one_side_of_the_mean_and_a_point_on_it_breaks_the_run() -> None:
    values = [9.0, 11.0, 9.5, 10.5, 9.0, 11.0, 8.5, 12.2, 11.8, 12.3, 11.7, 12.2, 11.9, 12.1]
    assert rules(values)[-7:] == ["one-side"] * 7
    assert rules([1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, -3.0]).count("one-side") == 0


# With these: the near limit is about 15.5, the far one 17.5.
def test_two_of_three_near_a_limit_need_all_three_on_one_side() -> None:
    base = [10.0, 12.0] * 8
    near = limits_of([*base, 15.9, 11.5, 15.9])
    assert near.near_high < 15.9 < near.high
    assert rules([*base, 15.9, 11.8, 15.9])[-3:] == ["two-in-three", None, "two-in-three"]
    assert rules([*base, 15.9, 9.0, 15.9])[-3:] == [None, None, None]


def test_each_stretch_has_limits_of_its_own() -> None:
    points = chart([*FLAT, *(value + 50 for value in FLAT)], "good", rebased=[len(FLAT)])
    assert {point.rule for point in points} == {None}
    assert points[-1].limits.mean == pytest.approx(points[0].limits.mean + 50)
    assert chart([], "good") == []


def test_a_target_within_the_limits_is_hit_or_missed_by_chance() -> None:
    limits = limits_of([10.0, 12.0, 10.0, 12.0])
    assert assurance_of(limits, 11.0, "good") == "hit-or-miss"
    assert assurance_of(limits, 5.0, "good") == "passes"
    assert assurance_of(limits, 17.0, "good") == "fails"
    assert assurance_of(limits, 17.0, "bad") == "passes"
    assert assurance_of(limits, 5.0, "bad") == "fails"
    assert assurance_of(limits, 5.0, "neutral") is None
    assert variation_of(None, "good") == "common"
