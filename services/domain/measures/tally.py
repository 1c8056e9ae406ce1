"""How many units of a denominator, and how many of them meet it?"""

from typing import NamedTuple


class Tally(NamedTuple):
    """Units met or missed, those met, and beside them missing data and what was not judged."""

    units: int = 0
    met: int = 0
    missing: int = 0
    not_judged: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Add two counts of different units."""
        return Tally(*(one + two for one, two in zip(self, other, strict=True)))

    @property
    def value(self) -> float | None:
        """The share that meets it; None of nobody."""
        return self.met / self.units if self.units else None


NOTHING = Tally()
