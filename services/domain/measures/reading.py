"""By which numbers are figures read: targets, the fewest that tell anything, who is compared?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.domain.equity_groups import GROUPS
from services.domain.measures.catalogue import MEASURES
from services.domain.numbers import STANDINGS


@dataclass(frozen=True, slots=True)
class Target:
    """The share that is aimed at from a day on (None: always), and who says so."""

    percent: int
    since: date | None
    source: str
    standing: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What schemas/policy/measures.toml states."""

    targets: Mapping[str, tuple[Target, ...]]
    fewest: int
    confidence: float
    comparators: Mapping[str, str]

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> "Reading":
        """Read measures.toml (its header states the shape); ValueError names every fault."""
        stated = content.get("targets", {})
        numbers = content.get("numbers", {})
        comparators = content.get("comparators", {})
        faults = [
            *(f"/targets/{name}" for name in stated if name not in MEASURES),
            *(
                f"/targets/{name}/{place}"
                for name, lines in stated.items()
                for place, line in enumerate(lines)
                if not _is_target(line)
            ),
            *(
                f"/numbers/{name}"
                for name in ("fewest", "confidence")
                if not _is_number(numbers.get(name))
            ),
            *(
                f"/comparators/{dimension}"
                for dimension, groups in GROUPS.items()
                if comparators.get(dimension) not in groups
            ),
        ]
        if faults:
            raise ValueError("measures.toml: " + "; ".join(faults))
        return cls(
            {name: tuple(map(_target, lines)) for name, lines in stated.items()},
            numbers["fewest"]["value"],
            numbers["confidence"]["value"] / 100,
            {dimension: comparators[dimension] for dimension in GROUPS},
        )

    def target(self, measure: str, on: date) -> Target | None:
        """Return the target that holds on a day, None where there is none."""
        lines = reversed(self.targets.get(measure, ()))
        return next((line for line in lines if line.since is None or line.since <= on), None)


def _is_target(line: Mapping[str, Any]) -> bool:
    percent = line.get("percent")
    return (
        type(percent) is int
        and 0 <= percent <= 100  # noqa: PLR2004 - a share
        and bool(line.get("source"))
        and line.get("standing") in STANDINGS
    )


def _is_number(line: object) -> bool:
    return (
        isinstance(line, Mapping)
        and type(line.get("value")) is int
        and 0 < line["value"] < 100  # noqa: PLR2004 - both are
        and bool(line.get("source"))
        and line.get("standing") in STANDINGS
    )


def _target(line: Mapping[str, Any]) -> Target:
    return Target(line["percent"], line.get("since"), line["source"], line["standing"])
