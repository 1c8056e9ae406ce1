"""Would they find this here? How stands today's figure of a finding against the time before?"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final, Literal, NamedTuple

from services.domain.responses.figures import hidden

Way = Literal["worse", "better", "no-clear-change", "not-known"]
Direction = Literal["good", "bad", "neutral"]
"""Whether more of what is counted is better, worse or neither."""

WAYS: Final[Mapping[str, str]] = {
    "worse": "Worse than before",
    "better": "Better than before",
    "no-clear-change": "No clear change",
    "not-known": "Not known",
}
_Z: Final = 1.959963984540054
"""95% of a normal distribution lies within so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Two rows of one measure, and which way it has gone."""

    now: Mapping[str, Any]
    before: Mapping[str, Any]
    way: Way


def trend(now: Mapping[str, Any], before: Mapping[str, Any], direction: Direction) -> Trend:
    """Compare two shares: a change is clear where 0 is not in the difference's 95% interval."""
    return Trend(now, before, _way(now, before, direction))


def _way(now: Mapping[str, Any], before: Mapping[str, Any], direction: Direction) -> Way:
    if any(hidden(row) or row["value"] is None for row in (now, before)):
        return "not-known"
    later, earlier = _adjusted(now), _adjusted(before)
    difference = later.share - earlier.share
    spread = sqrt(later.variance + earlier.variance)
    if direction == "neutral" or abs(difference) <= _Z * spread:
        return "no-clear-change"
    return "better" if (difference > 0) == (direction == "good") else "worse"


class _Adjusted(NamedTuple):
    share: float
    variance: float


def _adjusted(row: Mapping[str, Any]) -> _Adjusted:
    """Agresti and Caffo: one more met and one more not, so that all or none has spread, too."""
    count = row["denominator"] + 2
    share = (row["numerator"] + 1) / count
    return _Adjusted(share, share * (1 - share) / count)
