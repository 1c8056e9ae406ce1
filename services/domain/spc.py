"""Which points of a series are more than chance? XmR charts by the rules of Making Data Count.

Limits are the mean and 2.66 times the average moving range either side; moving ranges of 3.267
times their average or more are left out of it, once. A point is special by the first of: outside
the limits; part of a trend of 7; one of 2 in 3 near a limit, all three on one side of the mean;
part of 7 on one side of the mean. A trend is good or bad by its direction, whatever side of the
mean it is on.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

Direction = Literal["good", "bad", "neutral"]
Rule = Literal["outside", "trend", "two-in-three", "one-side"]
Variation = Literal["common", "improvement", "concern", "high", "low"]
Assurance = Literal["passes", "fails", "hit-or-miss"]

REACH: Final = 2.66
NEAR: Final = REACH * 2 / 3
SCREEN: Final = 3.267
RUN: Final = 7
THREE: Final = 3
FEWEST: Final = 13
"""Of fewer points a chart says that its limits may move much with the next ones."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The mean of a stretch and its limits, with the two that are two thirds of the way to them."""

    mean: float
    low: float
    high: float
    near_low: float
    near_high: float

    def side(self, value: float) -> int:
        """On which side of the mean a value is: 1 above, -1 below, 0 on it."""
        return (value > self.mean) - (value < self.mean)

    def outside(self, value: float) -> bool:
        """Whether a value is beyond a limit."""
        return value > self.high or value < self.low

    def near(self, value: float) -> bool:
        """Whether a value is in the outer third, and not beyond."""
        return not self.outside(value) and (value > self.near_high or value < self.near_low)


@dataclass(frozen=True, slots=True)
class Point:
    """A value, its limits, and by which rule and in which direction it is special, if it is."""

    value: float
    limits: Limits
    rule: Rule | None
    up: bool | None
    variation: Variation


def chart(
    values: Sequence[float], direction: Direction, rebased: Iterable[int] = ()
) -> list[Point]:
    """Judge a series.

    Args:
        values: in order of time, none left out.
        direction: whether higher is better.
        rebased: places at which limits are worked out anew.

    """
    starts = sorted({0, *(place for place in rebased if 0 < place < len(values))})
    ends = [*starts[1:], len(values)]
    return [
        point
        for start, end in zip(starts, ends, strict=True)
        for point in _stretch(values[start:end], direction)
    ]


def limits_of(values: Sequence[float]) -> Limits:
    """Work out the limits of a stretch; ValueError of none."""
    if not values:
        raise ValueError("no values")
    mean = sum(values) / len(values)
    ranges = [abs(later - earlier) for earlier, later in pairwise(values)]
    screened = [each for each in ranges if each < SCREEN * _mean(ranges)]
    reach = _mean(screened)
    return Limits(
        mean,
        mean - REACH * reach,
        mean + REACH * reach,
        mean - NEAR * reach,
        mean + NEAR * reach,
    )


def variation_of(up: bool | None, direction: Direction) -> Variation:  # noqa: FBT001 - up or down
    """Say what a special point is: better or worse, or high or low where neither is."""
    if up is None:
        return "common"
    if direction == "neutral":
        return "high" if up else "low"
    return "improvement" if up == (direction == "good") else "concern"


def assurance_of(limits: Limits, target: float, direction: Direction) -> Assurance | None:
    """Say whether a target will be met if nothing changes; None where neither is better."""
    if direction == "neutral":
        return None
    if limits.low <= target <= limits.high:
        return "hit-or-miss"
    return "passes" if (limits.low > target) == (direction == "good") else "fails"


def _stretch(values: Sequence[float], direction: Direction) -> Iterator[Point]:
    if not values:
        return
    limits = limits_of(values)
    sides = [limits.side(value) for value in values]
    trends, runs = _runs([0, *_steps(values)], RUN - 1), _runs(sides, RUN)
    trends = _with_first(trends)
    pairs = _two_in_three(values, sides, limits)
    for place, value in enumerate(values):
        rule, up = _special(value, limits, trends[place], pairs[place], runs[place])
        yield Point(value, limits, rule, up, variation_of(up, direction))


def _special(
    value: float, limits: Limits, trend: int, pair: int, run: int
) -> tuple[Rule | None, bool | None]:
    """Name the first rule by which a point is special, and whether it goes up by it."""
    if limits.outside(value):
        return "outside", value > limits.high
    found: tuple[tuple[Rule, int], ...] = (
        ("trend", trend),
        ("two-in-three", pair),
        ("one-side", run),
    )
    return next(((rule, sign > 0) for rule, sign in found if sign), (None, None))


def _steps(values: Sequence[float]) -> list[int]:
    return [(later > earlier) - (later < earlier) for earlier, later in pairwise(values)]


def _runs(signs: Sequence[int], length: int) -> list[int]:
    """Mark what is part of a run of one sign of at least this length, by the sign."""
    marks = [0] * len(signs)
    for start in range(len(signs) - length + 1):
        window = signs[start : start + length]
        if abs(sum(window)) == length:
            marks[start : start + length] = window
    return marks


def _with_first(marks: list[int]) -> list[int]:
    """Mark also the point that a trend starts from: steps are one fewer than points."""
    return [
        mark or (marks[place + 1] if place + 1 < len(marks) else 0)
        for place, mark in enumerate(marks)
    ]


def _two_in_three(values: Sequence[float], sides: Sequence[int], limits: Limits) -> list[int]:
    near = [limits.near(value) for value in values]
    marks = [0] * len(values)
    for start in range(len(values) - THREE + 1):
        window = range(start, start + THREE)
        if abs(sum(sides[place] for place in window)) == THREE and (
            sum(near[place] for place in window) >= THREE - 1
        ):
            for place in window:
                if near[place]:
                    marks[place] = sides[place]
    return marks


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
