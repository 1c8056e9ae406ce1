"""How likely are two records of one child, going by names, birth date, sex and postcode? Pure.

Fellegi and Sunter (1969): each thing that two records state agrees to some level; a level's weight
is log2(m/u), how much more often it is met between two records of one child than of two. The sum,
with the odds before anything is compared, falls into one of three bands. What would make one child
of two is barred, whatever the sum: a false link puts one child's harm into another's life.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import log2
from typing import Any, Final, Literal, NamedTuple

Band = Literal["linked", "review", "apart"]
Names = Literal["exact", "exact-common", "variant", "swapped", "near", "other"]
Birth = Literal["exact", "day-and-month", "fifteenth", "near", "other", "unknown"]
Sex = Literal["same", "other", "unknown"]
Postcode = Literal["same", "sector", "district", "other", "unknown"]
Number = Literal["other", "unknown"]

UNKNOWN: Final = "unknown"


class Comparison(NamedTuple):
    """To which level two records agree, thing by thing; `unknown` where either does not say."""

    given_name: Names
    family_name: Names
    birth_date: Birth
    sex: Sex
    postcode: Postcode
    number: Number
    """NHS number or UPN, where both state one and no number is the same."""


LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    "given_name": ("exact", "exact-common", "variant", "swapped", "near", "other"),
    "family_name": ("exact", "exact-common", "variant", "swapped", "near", "other"),
    "birth_date": ("exact", "day-and-month", "fifteenth", "near", "other"),
    "sex": ("same", "other"),
    "postcode": ("same", "sector", "district", "other"),
    "number": ("other",),
}
"""The levels that have a weight."""
_SAME_NAME: Final = frozenset({"exact", "exact-common", "variant", "swapped"})


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights in force, and the sums from which two records are linked or reviewed."""

    version: str
    before: float
    """log2 of the odds before anything is compared."""
    linked_from: float
    review_from: float
    levels: Mapping[str, Mapping[str, float]]

    @classmethod
    def parse(cls, content: Mapping[str, Any], on: date) -> "Weights":
        """Read the line of matching.toml in force on a day; ValueError names what is missing."""
        lines = [one for one in content.get("weights", ()) if one.get("since", date.min) <= on]
        if not lines:
            raise ValueError("matching.toml: no weights in force")
        line = lines[-1]
        faults = list(_faults(line))
        if faults:
            raise ValueError("matching.toml: " + "; ".join(faults))
        return cls(
            version=line["version"],
            before=-log2(line["one_in"]),
            linked_from=line["linked_from"],
            review_from=line["review_from"],
            levels={
                thing: {
                    level: log2(line["m"][thing][level] / line["u"][thing][level])
                    for level in levels
                }
                for thing, levels in LEVELS.items()
            },
        )

    def parts(self, comparison: Comparison) -> dict[str, float]:
        """What each thing adds to the weight; what is unknown adds nothing."""
        return {
            thing: self.levels[thing].get(level, 0.0)
            for thing, level in comparison._asdict().items()
        }

    def weight(self, comparison: Comparison) -> float:
        """Return log2 of the odds that the two are one child."""
        return self.before + sum(self.parts(comparison).values())

    def band(self, comparison: Comparison) -> Band:
        """Say whether the two are linked, for a person to review, or not linked."""
        weight = self.weight(comparison)
        if barred(comparison) or weight < self.review_from:
            return "apart"
        return "linked" if weight >= self.linked_from and certain(comparison) else "review"


def barred(comparison: Comparison) -> bool:
    """Whether no likeness of the rest may join the two, so that twins and siblings stay two.

    Another given name, another sex, or birth dates that no usual error turns into each other.
    """
    return (
        comparison.given_name == "other"
        or comparison.sex == "other"
        or comparison.birth_date == "other"
    )


def certain(comparison: Comparison) -> bool:
    """Whether the two may be linked without a person.

    Twins can have names that differ by a letter, and a birth date that differs conflicts: both go
    to review, and so do two different numbers.
    """
    return (
        comparison.given_name in _SAME_NAME
        and comparison.family_name != "other"
        and comparison.birth_date == "exact"
        and comparison.number == UNKNOWN
    )


def _faults(line: Mapping[str, Any]) -> list[str]:
    stated = [
        name
        for name in ("version", "one_in", "linked_from", "review_from", "source", "standing")
        if not line.get(name) and line.get(name) != 0
    ]
    return stated + [
        f"{kind}.{thing}.{level}"
        for kind in ("m", "u")
        for thing, levels in LEVELS.items()
        for level in levels
        if not 0 < line.get(kind, {}).get(thing, {}).get(level, 0) <= 1
    ]
