"""Between which shares does a unit of a size lie by chance alone, if it is like all others?"""

from math import sqrt
from statistics import NormalDist
from typing import Final, Literal, NamedTuple

INNER: Final = 0.95
OUTER: Final = 0.998
"""The limits of funnel plots: about two and three standard deviations."""

Place = Literal["within", "above-95", "below-95", "above-99.8", "below-99.8", "too-few"]


class Funnel(NamedTuple):
    """The limits at one size, as shares from 0 to 1."""

    low: float
    low_inner: float
    high_inner: float
    high: float


def limits(share: float, units: int) -> Funnel:
    """Return the limits around a share at a size; all of 0 to 1 where there is nobody."""
    if not units:
        return Funnel(0.0, 0.0, 1.0, 1.0)
    spread = sqrt(share * (1 - share) / units)
    inner, outer = (NormalDist().inv_cdf((1 + level) / 2) * spread for level in (INNER, OUTER))
    return Funnel(
        max(0.0, share - outer),
        max(0.0, share - inner),
        min(1.0, share + inner),
        min(1.0, share + outer),
    )


def place(met: int, units: int, share: float, fewest: int) -> Place:
    """Say where a unit lies in the funnel; of fewer than `fewest` nothing is said."""
    if units < fewest:
        return "too-few"
    value, found = met / units, limits(share, units)
    if value > found.high or value < found.low:
        return "above-99.8" if value > found.high else "below-99.8"
    if value > found.high_inner or value < found.low_inner:
        return "above-95" if value > found.high_inner else "below-95"
    return "within"
