"""Whose records may a caller see?"""

from services.domain.registry import Registry
from services.runtime.auth import Caller

READERS = frozenset({"agency", "police-supervisor", "qa-reviewer"})
"""The roles that may see who a child is, each within its own records or area."""


def sees(caller: Caller, agency: str, registry: Registry) -> bool:
    """Whether a caller may see an agency's records: its own; a reviewer those of its area."""
    if caller.role not in READERS:
        return False
    if caller.agency == agency:
        return True
    known = registry.agencies.get(agency)
    return (
        caller.role == "qa-reviewer"
        and known is not None
        and not areas_of(caller, registry).isdisjoint(known.areas)
    )


def areas_of(caller: Caller, registry: Registry) -> frozenset[str]:
    """The areas of a caller: the registry's, which a token may narrow and never widen."""
    own = registry.agencies.get(caller.agency)
    areas = frozenset(own.areas if own else ())
    return areas & frozenset(caller.areas) if caller.areas is not None else areas
