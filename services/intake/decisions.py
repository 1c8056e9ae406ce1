"""What has a person decided of who is one child, and what follows from it? Pure.

A decision is about records, not about what they said: it outlasts whatever is stated later, and
holds until a person undoes it. Two who were decided apart are never of one group.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from services.intake.bridges import Claim, connected, links_of
from services.intake.records import Record

Kind = Literal["link", "keep-apart", "unlink"]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that holds: all of one side are one child, or no two sides are.

    Who is un-linked is the first side: where a value would join it to the others again, it is the
    one that leaves, and whoever joins the others later stays with them.
    """

    decision_id: str
    kind: Kind
    sides: tuple[frozenset[str], ...]

    @property
    def stated(self) -> Mapping[str, int]:
        """By record, its side."""
        return {ref: place for place, side in enumerate(self.sides) for ref in side}


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions that concern these records."""

    links: tuple[Decided, ...] = ()
    aparts: tuple[Decided, ...] = ()

    @classmethod
    def of(cls, decided: Iterable[Decided]) -> "Decisions":
        """Sort decisions, in an order that does not depend on how they came."""
        ordered = sorted(decided, key=lambda one: one.decision_id)
        return cls(
            tuple(one for one in ordered if one.kind == "link"),
            tuple(one for one in ordered if one.kind != "link"),
        )

    @property
    def together(self) -> list[Claim]:
        """The records of each link."""
        return [frozenset().union(*one.sides) for one in self.links]

    def matters(self, first_of: Mapping[str, str]) -> list[Mapping[str, object]]:
        """Return what is decided apart as matters on which groups, by their first, disagree."""
        return [
            {first_of[ref]: side for ref, side in one.stated.items() if ref in first_of}
            for one in self.aparts
        ]

    def part(self, claims: Iterable[Claim], first_of: Mapping[str, str]) -> list[Claim]:
        """Split claims that hold two sides; who says nothing leaves, except of an un-linking."""
        parted = list(claims)
        for one in self.aparts:
            sides = [frozenset(first_of[r] for r in side if r in first_of) for side in one.sides]
            parted = [part for claim in parted for part in _parted(claim, sides, one.kind)]
        return [claim for claim in parted if len(claim) > 1]

    def apart(self, one: Collection[str], other: Collection[str]) -> bool:
        """Whether somebody of the one was decided apart from somebody of the other."""
        return any(
            {stated[ref] for ref in one if ref in stated}
            and {stated[ref] for ref in other if ref in stated}
            and len({stated[ref] for ref in (*one, *other) if ref in stated}) > 1
            for stated in (decided.stated for decided in self.aparts)
        )

    def agreed(
        self, records: Collection[Record], hanging: Iterable[Collection[str]]
    ) -> list[Record]:
        """Return the records as they are to be judged, where linked ones contradict each other.

        Whoever says that two are one child says that their birth dates are one, for all who hang
        together with them, and that their sex is not known.
        """
        by_ref = {record.record_ref: record for record in records}
        present = [claim & by_ref.keys() for claim in self.together]
        groups = connected(
            frozenset().union(*present), links_of(claim for claim in present if claim)
        )
        component_of = {ref: number for number, refs in enumerate(hanging) for ref in refs}
        births: dict[tuple[int, bytes], bytes] = {}
        for group in groups:
            stated = sorted({birth for ref in group if (birth := by_ref[ref].birth) is not None})
            births |= {(component_of[group[0]], birth): stated[0] for birth in stated}
            if len({by_ref[ref].known_sex for ref in group} - {None}) > 1:
                by_ref |= {ref: replace(by_ref[ref], sex=None) for ref in group}
        return [
            record
            if record.birth is None
            else replace(record, birth=births.get((component_of[ref], record.birth), record.birth))
            for ref, record in by_ref.items()
        ]


def _parted(claim: Claim, sides: Sequence[frozenset[str]], kind: Kind) -> list[Claim]:
    if sum(not claim.isdisjoint(side) for side in sides) < 2:  # noqa: PLR2004 - two disagree
        return [claim]
    if kind == "unlink":
        return [claim - sides[0]]
    return [*(claim & side for side in sides), claim.difference(*sides)]
