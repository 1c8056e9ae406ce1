"""Which events were sent in error?"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from services.domain.events import RETRACTED, Event, Key, agency_of
from services.domain.registry import Registry


class Reason(StrEnum):
    """Why an event stands in the chronology without effect."""

    RETRACTED = "retracted"
    WAITING = "waiting-for-target"
    NOT_ENTITLED = "not-entitled"
    CIRCULAR = "circular"


def retracted(events: Iterable[Event], registry: Registry) -> dict[Key, Reason]:
    """Say which events are retracted, and which retractions are without effect and why.

    Only the agency that sent an event may retract it. A retraction may be retracted, which restores
    its target. Retractions that would undo one another in a circle undo nothing.
    """
    known = tuple(events)
    if all(event.type != RETRACTED for event in known):
        return {}
    by_key = {event.key: event for event in known}
    retractions = {key: event for key, event in by_key.items() if event.type == RETRACTED}
    targets = {key: _target(event) for key, event in retractions.items()}
    idle = {
        key: Reason.NOT_ENTITLED if targets[key] in by_key else Reason.WAITING
        for key, event in retractions.items()
        if not _may_retract(event, targets[key], registry)
    }
    return _settle({key: targets[key] for key in retractions if key not in idle}, by_key, idle)


def _settle(
    targets: Mapping[Key, Key], by_key: Mapping[Key, Event], idle: dict[Key, Reason]
) -> dict[Key, Reason]:
    """Work from the retractions that nothing retracts towards what they retract."""
    doubts = dict.fromkeys(targets, 0)
    for target in targets.values():
        if target in doubts:
            doubts[target] += 1
    ready = [key for key, doubt in doubts.items() if doubt == 0]
    settled = set(ready)
    while ready:
        key = ready.pop()
        target = targets[key]
        if idle.get(key) is not Reason.RETRACTED:
            if target not in by_key:
                idle[key] = Reason.WAITING
                continue
            idle[target] = Reason.RETRACTED
        if target in doubts:
            doubts[target] -= 1
            if target not in settled and (doubts[target] == 0 or target in idle):
                settled.add(target)
                ready.append(target)
    return idle | {key: Reason.CIRCULAR for key in targets if key not in settled}


def _target(retraction: Event) -> Key:
    stated = retraction.facts.get("retracts")
    if not isinstance(stated, Mapping):
        return ("", "")
    return (str(stated.get("source")), str(stated.get("id")))


def _may_retract(retraction: Event, target: Key, registry: Registry) -> bool:
    agency = agency_of(retraction.source)
    return agency == agency_of(target[0]) and registry.may_send(agency, RETRACTED)
