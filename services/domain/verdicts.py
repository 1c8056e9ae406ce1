"""What has one judge found out about one child, and of which version does it speak?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.domain.fields import Malformed, plain, tables, text_or_none
from services.domain.gaps import Gap

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
                child_ref=plain(wire, "child_ref", str),
                judge=plain(wire, "judge", str),
                epoch=plain(wire, "epoch", int),
                version=plain(wire, "version", int),
                policy_version=plain(wire, "policy_version", str),
                merged_into=text_or_none(wire, "merged_into"),
                gaps=tuple(Gap.from_wire(gap) for gap in tables(wire, "gaps")),
            )
        except Malformed:
            raise NotAVerdict("not readable") from None
        _require_consistent(verdict)
        return verdict


def _require_consistent(verdict: Verdict) -> None:
    """Refuse what would make two children, or two gaps, of one."""
    if any(gap.child_ref != verdict.child_ref for gap in verdict.gaps):
        raise NotAVerdict("a gap of another child")
    if len({gap.gap_id for gap in verdict.gaps}) != len(verdict.gaps):
        raise NotAVerdict("a gap named twice")
