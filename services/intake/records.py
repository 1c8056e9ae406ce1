"""What does a record say that tells whose it is, and which two contradict each other? Pure.

A value is an NHS number, a UPN or a referral_ref.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.intake.people import Person

Kind = Literal["nhs", "upn", "referral", "likeness"]
"""`likeness` stands for two records that are alike, and is no value that they share."""
Value = tuple[Kind, bytes]
"""Something that records share; an NHS number or UPN as its MAC."""
Contradiction = Literal["birth-date", "sex"]


@dataclass(frozen=True, slots=True)
class Record:
    """One agency's record and what it last stated; None where it states nothing."""

    record_ref: str
    agency: str
    created_at: datetime
    child_ref: str
    values: frozenset[Value]
    birth: bytes | None = None
    sex: str | None = None
    person: Person | None = None

    @property
    def known_sex(self) -> str | None:
        """M or F; unknown conflicts with nothing."""
        return self.sex if self.sex in {"M", "F"} else None

    @property
    def seniority(self) -> tuple[datetime, str]:
        """The older record comes first."""
        return (self.created_at, self.record_ref)


def conflict(one: Record, other: Record) -> Contradiction | None:
    """Say why two records cannot be of one child, if so."""
    return conflict_among((one, other))


def conflict_among(records: Iterable[Record]) -> Contradiction | None:
    """Say why some of these conflict: birth date before sex."""
    births, sexes = set(), set()
    for record in records:
        births.add(record.birth)
        sexes.add(record.known_sex)
    if len(births - {None}) > 1:
        return "birth-date"
    return "sex" if len(sexes - {None}) > 1 else None


def as_one(group: Collection[Record]) -> Record:
    """Return one record that states what any of these states; they do not conflict."""
    first = min(group, key=lambda record: record.record_ref)
    birth = next((record.birth for record in group if record.birth is not None), None)
    return replace(first, birth=birth, sex=next((r.sex for r in group if r.known_sex), None))
