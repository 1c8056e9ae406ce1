"""What does a batch change, given what is known of it? Pure: the store reads and writes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.chronology.batch import Arrived, Batch
from services.domain.events import Key


@dataclass(frozen=True, slots=True)
class Reached:
    """An event that a retraction names, directly or through retractions; all None if unknown."""

    target: Key | None
    record_ref: str | None
    staff_ref: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """What the tables hold of a batch's events, records and staff, under lock."""

    states: Mapping[Key, tuple[int, int]]
    holders: Mapping[str, tuple[str, int]]
    """By record_ref: (child_ref, link_version)."""
    reached: Mapping[Key, Reached]
    naming: Mapping[str, set[str]]
    """By staff_ref: the records whose events name them."""


@dataclass(frozen=True, slots=True)
class Move:
    """A link or un-link that is applied; `from_child` and `to_child` may be the same."""

    record_ref: str
    link_version: int
    from_child: str
    to_child: str


@dataclass(slots=True)
class Change:
    """What is to be written."""

    fresh: list[Arrived] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    holder: dict[str, str] = field(default_factory=dict)
    """By record_ref: the child, all moves made."""
    touches: dict[Key, set[str]] = field(default_factory=dict)
    """By training event or retraction: the children it touches."""
    children: set[str] = field(default_factory=set)
    """Who gets a new version."""


def work_out(batch: Batch, known: Known) -> Change:
    """Say what the batch changes; a batch already applied changes nothing."""
    change = Change()
    change.fresh = [
        one
        for key, one in batch.events.items()
        if key not in known.states or one.event.state > known.states[key]
    ]
    change.moves = [
        Move(link.record_ref, link.link_version, known.holders[link.record_ref][0], link.child_ref)
        for link in batch.links.values()
        if link.link_version > known.holders[link.record_ref][1]
    ]
    change.holder = {record_ref: child for record_ref, (child, _) in known.holders.items()}
    change.holder |= {move.record_ref: move.to_child for move in change.moves}
    change.touches = _touches(change, batch, known)
    change.children = set(_changed(change))
    return change


def _changed(change: Change) -> Iterable[str]:
    """Name every child whose chronology is another one now."""
    for one in change.fresh:
        if one.event.record_ref is not None:
            yield change.holder[one.event.record_ref]
    for move in change.moves:
        if move.from_child != move.to_child:
            yield from (move.from_child, move.to_child)
            yield move.record_ref  # where the child of this ref has gone
    for children in change.touches.values():
        yield from children


def _touches(change: Change, batch: Batch, known: Known) -> dict[Key, set[str]]:
    """Say which children each fresh training event or retraction touches."""
    naming = {staff: set(records) for staff, records in known.naming.items()}
    for one in change.fresh:
        if one.staff_ref in naming and one.event.record_ref is not None:
            naming[one.staff_ref].add(one.event.record_ref)
    touches: dict[Key, set[str]] = {}
    for one in change.fresh:
        if one.is_training:
            records = naming.get(one.staff_ref or "", set())
        elif one.retracts is not None:
            records = set(_retracted_records(one.retracts, batch, known, naming))
        else:
            continue
        touches[one.event.key] = {change.holder[ref] for ref in records}
    return touches


def _retracted_records(
    target: Key, batch: Batch, known: Known, naming: Mapping[str, set[str]]
) -> Iterable[str]:
    """Follow a retraction to what it retracts, and on; name the records that hold any of it."""
    seen: set[Key] = set()
    following: Key | None = target
    while following is not None and following not in seen:
        seen.add(following)
        at = _place(following, batch, known)
        if at.record_ref is not None:
            yield at.record_ref
        elif at.staff_ref is not None:
            yield from naming.get(at.staff_ref, ())
        following = at.target


def _place(key: Key, batch: Batch, known: Known) -> Reached:
    """Look an event up in the batch, else in what is known."""
    one = batch.events.get(key)
    if one is not None:
        return Reached(one.retracts, one.event.record_ref, one.staff_ref)
    return known.reached.get(key, Reached(None, None, None))
