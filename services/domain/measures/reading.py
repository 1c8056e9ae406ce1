"""By which numbers are figures read: targets, steps, the fewest that tell, who is compared?"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
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
class Rebase:
    """A known step: from which day on limits are worked out anew, why, and who says so."""

    since: date
    reason: str
    source: str
    standing: str

    def told(self) -> dict[str, str]:
        """Write it as answers do."""
        return asdict(self) | {"since": self.since.isoformat()}


@dataclass(frozen=True, slots=True)
class Reading:
    """What schemas/policy/measures.toml states."""

    targets: Mapping[str, tuple[Target, ...]]
    rebases: Mapping[str, tuple[Rebase, ...]]
    fewest: int
    confidence: float
    comparators: Mapping[str, str]

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> "Reading":
        """Read measures.toml (its header states the shape); ValueError names every fault."""
        stated, steps = content.get("targets", {}), content.get("rebases", {})
        numbers = content.get("numbers", {})
        comparators = content.get("comparators", {})
        faults = [
            *(f"/targets/{name}" for name in stated if name not in MEASURES),
            *(f"/rebases/{name}" for name in steps if name not in MEASURES),
            *(f"/rebases/{name}" for name, lines in steps.items() if not _are_rebases(lines)),
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
            {name: tuple(Rebase(**line) for line in lines) for name, lines in steps.items()},
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


def _are_rebases(lines: Sequence[Mapping[str, Any]]) -> bool:
    """Whether every step is dated, later than the one before, and says why and who says so."""
    stated = all(
        line.keys() == {*Rebase.__slots__}
        and type(line["since"]) is date
        and line["reason"]
        and line["source"]
        and line["standing"] in STANDINGS
        for line in lines
    )
    return stated and all(one["since"] < other["since"] for one, other in pairwise(lines))


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
