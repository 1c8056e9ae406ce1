"""What is a gap, and which name does it keep for ever?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha1
from typing import Any, Final
from uuid import UUID

from services.domain.events import Key
from services.domain.fields import Malformed, moment_of, plain, table, tables, text_or_none, texts
from services.domain.moments import stamp

NAMESPACE = UUID("6f9d3b0e-52c1-5d0a-9a58-0c8f6d5a7e21")
"""What every gap_id is made in. Changing it renames every gap ever published."""


_VARIANT: Final = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
"""By a digit of a hash: the digit that it becomes in a UUID (RFC 9562, 4.1)."""


def gap_id(rule: str, kind: str, ref: str, record_ref: str, *more: str) -> str:
    """Name a gap for ever.

    Args:
        rule: the rule's name.
        kind: of the ref judged, such as `referral_ref`.
        ref: the ref judged.
        record_ref: of the first event of this child that carries that ref.
        more: the practitioner where training is judged; the ordinal from the 2nd (contract.md 3.1).

    """
    return name_of(rule, kind, ref, record_ref, *more)


def name_of(first: str, *more: str) -> str:
    """Name a thing for ever: the UUID of version 5 of its parts, each told with its length."""
    digest = _begun(first)()
    digest.update("".join([f"{len(part)}:{part}" for part in more]).encode())
    found = digest.hexdigest()
    variant = _VARIANT[found[16]]
    return f"{found[:8]}-{found[8:12]}-5{found[13:16]}-{variant}{found[17:20]}-{found[20:32]}"


@cache
def _begun(first: str) -> Callable[[], Any]:
    """Hash what all names that begin with this part share, to be copied; there are few."""
    told = NAMESPACE.bytes + f"{len(first)}:{first}".encode()
    return sha1(told, usedforsecurity=False).copy


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
        """Read a published gap; fields it does not know are ignored.

        Raises:
            Malformed: a field is absent or of the wrong kind.

        """
        closes_at = text_or_none(wire, "closes_at")
        why = table(wire, "why")
        return cls(
            gap_id=_name(wire, "gap_id"),
            rule=plain(wire, "rule", str),
            rule_version=plain(wire, "rule_version", int),
            policy_version=plain(wire, "policy_version", str),
            lesson=plain(wire, "lesson", str),
            kind=plain(wire, "kind", str),
            observed=plain(wire, "observed", bool),
            child_ref=plain(wire, "child_ref", str),
            referral_ref=text_or_none(wire, "referral_ref"),
            anchor=_key(table(wire, "anchor")),
            agency=plain(wire, "agency", str),
            visible_to=texts(wire, "visible_to"),
            unit=text_or_none(wire, "unit"),
            opens_at=moment_of(wire, "opens_at"),
            closes_at=None if closes_at is None else moment_of(wire, "closes_at"),
            why=Why(plain(why, "code", str), table(why, "params")),
            evidence=tuple(_key(named) for named in tables(wire, "evidence")),
        )


def _named(key: Key) -> dict[str, str]:
    return {"source": key[0], "id": key[1]}


def _key(named: Mapping[str, Any]) -> Key:
    return (plain(named, "source", str), plain(named, "id", str))


def _name(wire: Mapping[str, Any], field: str) -> str:
    """Read a UUID as we write one: the ledger holds it as such."""
    name = plain(wire, field, str)
    try:
        written = str(UUID(name))
    except ValueError:
        raise Malformed(field) from None
    if written != name:
        raise Malformed(field)
    return name
