"""What do the messages of one batch say? Decoded, and each thing once: the highest that counts."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from services.domain.events import RETRACTED, Event, Key
from services.domain.fields import Malformed
from services.runtime.guard import Message, Never

IDENTITY: Final = "identity."
ERASED: Final = "identity.erased.v1"


@dataclass(frozen=True, slots=True)
class Arrived:
    """One published event, and its bytes as they came."""

    event: Event
    body: bytes

    @property
    def retracts(self) -> Key | None:
        """The event that it retracts, if it is a retraction."""
        if self.event.type != RETRACTED:
            return None
        target = _mapping(self.event.facts, "retracts")
        return (_text(target, "source"), _text(target, "id"))

    @property
    def staff_ref(self) -> str | None:
        """Who was trained, or which practitioner is named."""
        if self.event.record_ref is None:
            return self.event.staff_ref
        practitioner = self.event.facts.get("practitioner")
        ref = practitioner.get("staff_ref") if isinstance(practitioner, Mapping) else None
        return ref if isinstance(ref, str) else None

    @property
    def is_training(self) -> bool:
        """Whether it is about staff and belongs to no child."""
        return self.event.record_ref is None


@dataclass(frozen=True, slots=True)
class Link:
    """The matcher's word on whose record it is; of two the higher version counts."""

    record_ref: str
    child_ref: str
    link_version: int


@dataclass(frozen=True, slots=True)
class Erased:
    """The vault's word that a child and all its records are gone."""

    child_ref: str
    record_refs: tuple[str, ...]
    salt: str

    @property
    def refs(self) -> set[str]:
        """Every ref that is refused from now on."""
        return {self.child_ref, *self.record_refs}


@dataclass(slots=True)
class Batch:
    """Events by key and links by record, each the highest of the batch; and who was erased."""

    events: dict[Key, Arrived] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    erased: list[Erased] = field(default_factory=list)

    def add(self, said: Arrived | Link | Erased) -> None:
        """Take in what one message says."""
        if isinstance(said, Erased):
            self.erased.append(said)
            return
        if isinstance(said, Link):
            known = self.links.setdefault(said.record_ref, said)
            if said.link_version > known.link_version:
                self.links[said.record_ref] = said
            return
        present = self.events.setdefault(said.event.key, said)
        if said.event.state > present.event.state:
            self.events[said.event.key] = said

    def without(self, refs: Collection[str]) -> "Batch":
        """Leave out what is said of these refs, which were erased."""
        events = {k: one for k, one in self.events.items() if one.event.record_ref not in refs}
        links = {
            ref: link
            for ref, link in self.links.items()
            if ref not in refs and link.child_ref not in refs
        }
        return Batch(events, links)

    @property
    def record_refs(self) -> set[str]:
        """Every record that an event or a link is of."""
        refs = {one.event.record_ref for one in self.events.values()}
        return {ref for ref in refs if ref is not None} | self.links.keys()

    @property
    def link_targets(self) -> set[str]:
        """Every child_ref that a link names."""
        return {link.child_ref for link in self.links.values()}

    @property
    def targets(self) -> set[Key]:
        """Every event that a retraction of this batch names."""
        return {target for one in self.events.values() if (target := one.retracts) is not None}

    @property
    def trained(self) -> set[str]:
        """The staff whose training is in this batch."""
        refs = {one.staff_ref for one in self.events.values() if one.is_training}
        return {ref for ref in refs if ref is not None}

    @property
    def named(self) -> set[str]:
        """The staff named in events about children."""
        refs = {one.staff_ref for one in self.events.values() if not one.is_training}
        return {ref for ref in refs if ref is not None}


def read(messages: Iterable[Message]) -> Batch:
    """Decode a batch; raises Never with a code for a message that nobody can read."""
    batch = Batch()
    for message in messages:
        batch.add(decode(message))
    return batch


def decode(message: Message) -> Arrived | Link | Erased:
    """Decode one message; raises Never."""
    try:
        wire = msgspec.json.decode(message.value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Never("undecodable") from None
    if not isinstance(wire, dict):
        raise Never("undecodable")
    if wire.get("schema") != 1:
        raise Never("unknown-schema")
    try:
        return _said(Event.from_wire(wire), message.value or b"")
    except Malformed:
        raise Never("malformed") from None


def _said(event: Event, body: bytes) -> Arrived | Link | Erased:
    if event.type == ERASED:
        return Erased(
            _text(event.facts, "child_ref"), _refs(event.facts), _text(event.facts, "salt")
        )
    if event.type.startswith(IDENTITY):
        return Link(
            _text(event.facts, "record_ref"),
            _text(event.facts, "child_ref"),
            _whole(event.facts, "link_version"),
        )
    arrived = Arrived(event, body)
    if arrived.is_training and arrived.staff_ref is None:
        raise Malformed("staff_ref")
    _ = arrived.retracts  # a retraction that names nothing is malformed
    return arrived


def _mapping(facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = facts.get(name)
    if not isinstance(value, Mapping):
        raise Malformed(name)
    return value


def _refs(facts: Mapping[str, Any]) -> tuple[str, ...]:
    refs = facts.get("record_refs")
    if not isinstance(refs, list | tuple) or not all(isinstance(ref, str) for ref in refs):
        raise Malformed("record_refs")
    return tuple(refs)


def _text(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name)
    if not isinstance(value, str):
        raise Malformed(name)
    return value


def _whole(facts: Mapping[str, Any], name: str) -> int:
    value = facts.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Malformed(name)
    return value
