"""Is a share clearly another one than it was? And how often does one group meet what another does?

Two shares differ clearly where the interval of their difference leaves out none: Newcombe's hybrid
of the two Wilson intervals, which the caller gets from a statistics library.
"""

from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist
from typing import Literal, NamedTuple

Direction = Literal["good", "bad", "neutral"]
Verdict = Literal["clear-change", "no-clear-change", "too-few"]
Way = Literal["worse", "better", "changed", "no-clear-change", "not-known"]
Standing = Literal["stated", "too-few", "comparator", "none-met"]


class Share(NamedTuple):
    """How many of how many, and the interval of the share."""

    met: int
    units: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share; only of somebody."""
        return self.met / self.units


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much a share is another one, from -1 to 1, and what to make of it."""

    verdict: Verdict
    value: float | None
    low: float | None
    high: float | None


TOO_FEW = Difference("too-few", None, None, None)


def difference(now: Share | None, before: Share | None, fewest: int) -> Difference:
    """Compare two shares; of fewer than `fewest` in either nothing is said."""
    if now is None or before is None or min(now.units, before.units) < fewest:
        return TOO_FEW
    value = now.value - before.value
    down = sqrt((now.value - now.low) ** 2 + (before.high - before.value) ** 2)
    up = sqrt((now.high - now.value) ** 2 + (before.value - before.low) ** 2)
    low, high = value - down, value + up
    clear = low > 0 or high < 0
    return Difference("clear-change" if clear else "no-clear-change", value, low, high)


def way(found: Difference, direction: Direction) -> Way:
    """Say which way it has gone: `changed` where neither way is better."""
    if found.verdict == "too-few" or found.value is None:
        return "not-known"
    if found.verdict == "no-clear-change":
        return "no-clear-change"
    return "changed" if direction == "neutral" else _judged(found.value, direction)


def in_words(found: Difference, direction: Direction, since: str) -> str:
    """Say it in a sentence: `since` names what it is compared with."""
    if found.verdict == "too-few" or found.value is None:
        return f"Too few to say whether it changed since {since}."
    if found.verdict == "no-clear-change":
        return f"No clear change since {since}."
    up = found.value > 0
    way = "up" if up else "down"
    points = f"{abs(100 * found.value):.1f} percentage points"
    if direction == "neutral":
        return f"Clear change since {since}: {way} by {points}."
    return f"Clear change since {since}: {_judged(found.value, direction)}, {way} by {points}."


def beside_in_words(found: Difference, direction: Direction, others: str) -> str:
    """Say it of two groups of the same time: `others` names whom one is set beside."""
    if found.verdict == "too-few" or found.value is None:
        return f"Too few to say whether it differs from {others}."
    if found.verdict == "no-clear-change":
        return f"No clear difference from {others}."
    points = f"{abs(100 * found.value):.1f} percentage points"
    way = f"{points} {'more' if found.value > 0 else 'less'} than {others}"
    if direction == "neutral":
        return f"Clearly different: {way}."
    return f"Clearly {_judged(found.value, direction)}: {way}."


def _judged(difference: float, direction: Direction) -> Literal["better", "worse"]:
    return "better" if (difference > 0) == (direction == "good") else "worse"


@dataclass(frozen=True, slots=True)
class Ratio:
    """How often a group meets what the comparator does, relative to it, and what to make of it."""

    standing: Standing
    value: float | None = None
    low: float | None = None
    high: float | None = None


def relative(
    group: tuple[int, int], comparator: tuple[int, int], fewest: int, confidence: float
) -> Ratio:
    """Return the relative rate of (met, units) with its interval, on the logarithm.

    Nothing is told of fewer than `fewest` units on either side, nor where nobody met it.
    """
    if min(group[1], comparator[1]) < fewest:
        return Ratio("too-few")
    if not group[0] or not comparator[0]:
        return Ratio("none-met")
    (met, units), (other_met, other_units) = group, comparator
    value = (met / units) / (other_met / other_units)
    spread = sqrt(max(0.0, 1 / met - 1 / units + 1 / other_met - 1 / other_units))
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * spread
    return Ratio("stated", value, exp(log(value) - reach), exp(log(value) + reach))
