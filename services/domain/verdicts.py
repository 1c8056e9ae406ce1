"""What has one judge found out about one child, and of which version does it speak?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from services.domain.gaps import Gap

Plain = TypeVar("Plain", str, int)
Position = tuple[int, int]
"""(epoch, version): of two verdicts of one judge on one child the higher counts."""


class NotAVerdict(ValueError):
    """A message that is no verdict; its content is not repeated."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything that one judge finds owed to one child, as its chronology stood at a version."""

    child_ref: str
    judge: str
    epoch: int
    version: int
    policy_version: str
    merged_into: str | None
    gaps: tuple[Gap, ...]

    @property
    def position(self) -> Position:
        """How verdicts of one judge on one child are ordered."""
        return (self.epoch, self.version)

    def to_wire(self) -> dict[str, Any]:
        """Write the verdict as it is published."""
        return {
            "schema": 1,
            "child_ref": self.child_ref,
            "judge": self.judge,
            "epoch": self.epoch,
            "version": self.version,
            "policy_version": self.policy_version,
            "merged_into": self.merged_into,
            "gaps": [gap.to_wire() for gap in self.gaps],
        }

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> "Verdict":
        """Read a published verdict; fields it does not know are ignored.

        Raises:
            NotAVerdict: a field is absent or wrong, a gap is of another child or named twice.

        """
        try:
            verdict = cls(
                child_ref=_typed(wire, "child_ref", str),
                judge=_typed(wire, "judge", str),
                epoch=_typed(wire, "epoch", int),
                version=_typed(wire, "version", int),
                policy_version=_typed(wire, "policy_version", str),
                merged_into=wire["merged_into"],
                gaps=tuple(Gap.from_wire(gap) for gap in wire["gaps"]),
            )
        except (KeyError, TypeError, ValueError, OverflowError):
            raise NotAVerdict("not readable") from None
        _require_consistent(verdict)
        return verdict


def _typed(wire: Mapping[str, Any], field: str, kind: type[Plain]) -> Plain:
    value = wire[field]
    if type(value) is not kind:
        raise TypeError(field)
    return value


def _require_consistent(verdict: Verdict) -> None:
    """Refuse what would make two children, or two gaps, of one."""
    if any(gap.child_ref != verdict.child_ref for gap in verdict.gaps):
        raise NotAVerdict("a gap of another child")
    if len({gap.gap_id for gap in verdict.gaps}) != len(verdict.gaps):
        raise NotAVerdict("a gap named twice")
