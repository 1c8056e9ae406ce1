"""Who sees which gap, and which of the events behind it? Pure; what is not allowed is denied.

Seeing a gap is one thing, seeing the events behind it another: a listed event says that this child
is known to the agency that sent it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from services.domain.events import Key, agency_of
from services.domain.gaps import Gap
from services.domain.registry import Registry
from services.runtime.auth import Caller


@dataclass(frozen=True, slots=True)
class Sight:
    """What one reader sees.

    `owing`: gaps that one of these agencies owes; `told`: gaps that one of these is shown as well
    (the sender of the referral); `listed`: agencies whose events are listed and not just counted.
    """

    reader: str
    owing: frozenset[str]
    told: frozenset[str]
    listed: frozenset[str]
    sees_all: bool = False

    def sees(self, agency: str, visible_to: Iterable[str]) -> bool:
        """Say whether the reader sees a gap, by who owes it and who is shown it."""
        return agency in self.owing or not self.told.isdisjoint(visible_to)

    def shows_anchor(self, gap: Gap) -> bool:
        """Say whether the reader is told which event the gap is anchored on.

        To who owes the gap it always is: their own event, or the referral that was sent to them.
        """
        return gap.agency in self.owing or agency_of(gap.anchor[0]) in self.listed

    def evidence(self, gap: Gap) -> tuple[list[Key], int]:
        """Return the evidence that is listed, and how many events of others are counted."""
        listed = [key for key in gap.evidence if agency_of(key[0]) in self.listed]
        return listed, len(gap.evidence) - len(listed)


def sight_of(caller: Caller, registry: Registry) -> Sight | None:
    """Return what a caller sees of gaps; None for who may see no child's."""
    agency = registry.agencies.get(caller.agency)
    if agency is None:
        return None
    own = frozenset({agency.id})
    match caller.role, agency.kind:
        case "agency", kind if kind not in {"service", "oversight-body"}:
            return Sight(agency.id, owing=own, told=own, listed=own)
        case "police-supervisor", "police":
            return Sight(agency.id, owing=own, told=own, listed=own)
        case "qa-reviewer", "reviewer":
            near = _agencies_in(_areas(caller, agency.areas), registry)
            return Sight(agency.id, owing=near, told=frozenset(), listed=near, sees_all=True)
        case _:
            return None


def near(caller: Caller, registry: Registry) -> frozenset[str]:
    """Return the agencies in the areas of a caller, of which they may see figures."""
    agency = registry.agencies.get(caller.agency)
    return frozenset() if agency is None else _agencies_in(_areas(caller, agency.areas), registry)


def _areas(caller: Caller, registered: Iterable[str]) -> frozenset[str]:
    """Return the areas of a caller: the registry's, which a token may narrow and never widen."""
    areas = frozenset(registered)
    return areas & frozenset(caller.areas) if caller.areas is not None else areas


def _agencies_in(areas: frozenset[str], registry: Registry) -> frozenset[str]:
    return frozenset(
        agency.id for agency in registry.agencies.values() if areas.intersection(agency.areas)
    )
