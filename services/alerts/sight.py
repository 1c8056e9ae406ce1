"""Who sees which alert? Whoever sees its gaps: by the dashboards' rule, and a test compares both.

Pure; what is not allowed is denied, and looks as if it was not there.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from services.domain.registry import Registry
from services.runtime.auth import Caller


@dataclass(frozen=True, slots=True)
class Sight:
    """What one reader, of the agency `own`, sees: what `owing` owe, and what `told` are shown."""

    own: str
    owing: frozenset[str]
    told: frozenset[str]


def sight_of(caller: Caller, registry: Registry) -> Sight | None:
    """Return what a caller sees of alerts; None for who may see no child's."""
    agency = registry.agencies.get(caller.agency)
    if agency is None:
        return None
    own = frozenset({agency.id})
    match caller.role, agency.kind:
        case "agency", kind if kind not in {"service", "oversight-body"}:
            return Sight(agency.id, own, own)
        case "police-supervisor", "police":
            return Sight(agency.id, own, own)
        case "qa-reviewer", "reviewer":
            areas = frozenset(agency.areas)
            narrowed = areas if caller.areas is None else areas & frozenset(caller.areas)
            return Sight(agency.id, _agencies_in(narrowed, registry), frozenset())
        case _:
            return None


def counts_only(caller: Caller, registry: Registry) -> frozenset[str] | None:
    """Return the agencies of which a caller sees suppressed counts alone; None for who does not."""
    agency = registry.agencies.get(caller.agency)
    if agency is None or agency.kind != "oversight-body":
        return None
    return _agencies_in(frozenset(agency.areas), registry) if caller.role in _PCC else None


_PCC = frozenset({"pcc-analyst", "pcc-editor"})


def _agencies_in(areas: Iterable[str], registry: Registry) -> frozenset[str]:
    wanted = frozenset(areas)
    return frozenset(
        agency.id for agency in registry.agencies.values() if wanted.intersection(agency.areas)
    )
