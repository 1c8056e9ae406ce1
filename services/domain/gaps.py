"""What is a gap, and which name does it keep for ever?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from services.domain.events import Key
from services.domain.moments import moment, stamp

NAMESPACE = UUID("6f9d3b0e-52c1-5d0a-9a58-0c8f6d5a7e21")
"""What every gap_id is made in. Changing it renames every gap ever published."""


def gap_id(rule: str, kind: str, ref: str, record_ref: str, *more: str) -> str:
    """Name a gap for ever.

    Args:
        rule: the rule's name.
        kind: of the ref judged, such as `referral_ref`.
        ref: the ref judged.
        record_ref: of the first event of this child that carries that ref.
        more: the practitioner where training is judged; the ordinal from the 2nd (contract.md 3.1).

    """
    parts = (rule, kind, ref, record_ref, *more)
    return str(uuid5(NAMESPACE, "".join(f"{len(part)}:{part}" for part in parts)))


@dataclass(frozen=True, slots=True)
class Why:
    """What a gap's sentence is made of: a code, and parameters that are codes, times or numbers."""

    code: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gap:
    """An interval `[opens_at, closes_at)` in which something owed to a child was not done."""

    gap_id: str
    rule: str
    rule_version: int
    policy_version: str
    lesson: str
    kind: str
    observed: bool
    child_ref: str
    referral_ref: str | None
    anchor: Key
    agency: str
    visible_to: tuple[str, ...]
    unit: str | None
    opens_at: datetime
    closes_at: datetime | None
    why: Why
    evidence: tuple[Key, ...]

    @property
    def order(self) -> tuple[datetime, str, str]:
        """How a child's gaps are listed: by opening, then rule, then name."""
        return (self.opens_at, self.rule, self.gap_id)

    def to_wire(self) -> dict[str, Any]:
        """Write the gap as it is published."""
        return {
            "gap_id": self.gap_id,
            "rule": self.rule,
            "rule_version": self.rule_version,
            "policy_version": self.policy_version,
            "lesson": self.lesson,
            "kind": self.kind,
            "observed": self.observed,
            "child_ref": self.child_ref,
            "referral_ref": self.referral_ref,
            "anchor": _named(self.anchor),
            "agency": self.agency,
            "visible_to": list(self.visible_to),
            "unit": self.unit,
            "opens_at": stamp(self.opens_at),
            "closes_at": None if self.closes_at is None else stamp(self.closes_at),
            "why": {"code": self.why.code, "params": dict(self.why.params)},
            "evidence": [_named(key) for key in self.evidence],
        }

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> "Gap":
        """Read a published gap; KeyError, TypeError or ValueError when it is none."""
        closes_at = wire["closes_at"]
        return cls(
            gap_id=wire["gap_id"],
            rule=wire["rule"],
            rule_version=wire["rule_version"],
            policy_version=wire["policy_version"],
            lesson=wire["lesson"],
            kind=wire["kind"],
            observed=wire["observed"],
            child_ref=wire["child_ref"],
            referral_ref=wire["referral_ref"],
            anchor=_key(wire["anchor"]),
            agency=wire["agency"],
            visible_to=tuple(wire["visible_to"]),
            unit=wire["unit"],
            opens_at=moment(wire["opens_at"]),
            closes_at=None if closes_at is None else moment(closes_at),
            why=Why(wire["why"]["code"], wire["why"]["params"]),
            evidence=tuple(_key(named) for named in wire["evidence"]),
        )


def _named(key: Key) -> dict[str, str]:
    return {"source": key[0], "id": key[1]}


def _key(named: Mapping[str, str]) -> Key:
    return (named["source"], named["id"])
