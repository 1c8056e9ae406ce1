"""Messages as the events topics carry them, invented; and what they come to, worked out plainly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import msgspec

from services.domain.events import RETRACTED, Event, Key
from services.runtime import kafka
from services.runtime.guard import Message

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
_offsets = count()


def message(event: Event, topic: str = "police.events") -> Message:
    value = msgspec.json.encode(event.to_wire())
    key = (event.record_ref or event.staff_ref or "").encode()
    return Message(topic, 0, next(_offsets), key, value)


def event(  # noqa: PLR0913 - each is a field of the event, by name
    record: str | None,
    event_id: str,
    *,
    kind: str = "police.child-missing.v1",
    minute: int = 0,
    staff: str | None = None,
    revision: int = 0,
    source: str = "/norfolk-police/custody",
    facts: Mapping[str, Any] | None = None,
) -> Event:
    stated = dict(facts or {})
    if staff is not None and record is not None:
        stated["practitioner"] = {"staff_ref": staff, "role": "constable"}
    return Event(
        source=source,
        id=event_id,
        type=kind,
        time=MORNING + timedelta(minutes=minute),
        received_at=MORNING,
        agency="norfolk-police",
        record_ref=record,
        staff_ref=staff if record is None else None,
        feature_version=1,
        revision=revision,
        facts=stated,
    )


def retraction(record: str, event_id: str, of: Key, *, minute: int = 0, revision: int = 0) -> Event:
    facts = {"retracts": {"source": of[0], "id": of[1]}}
    return event(record, event_id, kind=RETRACTED, minute=minute, revision=revision, facts=facts)


def training(staff: str, event_id: str, *, minute: int = 0) -> Event:
    return event(None, event_id, kind="training.completed.v1", staff=staff, minute=minute)


def link(record: str, child: str, version: int) -> Event:
    kind = "identity.unlinked.v1" if record == child else "identity.linked.v1"
    facts = {"record_ref": record, "child_ref": child, "link_version": version}
    return event(
        record, f"{record}-{version}", kind=kind, source="/referral-watch/matcher", facts=facts
    )


def erasure(child: str, *records: str, salt: str = "5a17") -> Event:
    facts = {"child_ref": child, "record_refs": list(records), "salt": salt}
    kind, source = "identity.erased.v1", "/referral-watch/vault"
    return event(records[0], f"erased-{child[:4]}", kind=kind, source=source, facts=facts)


def expected(events: Iterable[Event]) -> dict[str, tuple[list[Key], list[Key]]]:
    """Work out, one by one and without haste, what each child's chronology comes to.

    Returns the keys of its events and of its training, in order, by child_ref.
    """
    latest: dict[Key, Event] = {}
    holder: dict[str, tuple[int, str]] = {}
    for one in events:
        record = one.record_ref
        if record is not None:
            holder.setdefault(record, (0, record))
        if one.type.startswith("identity."):
            said = (one.facts["link_version"], one.facts["child_ref"])
            holder[str(record)] = max(holder[str(record)], said, key=lambda h: h[0])
        elif one.key not in latest or one.state > latest[one.key].state:
            latest[one.key] = one
    children = {child for _, child in holder.values()} | holder.keys()
    return {child: _of_child(child, holder, latest) for child in children}


def _of_child(
    child: str, holder: Mapping[str, tuple[int, str]], latest: Mapping[Key, Event]
) -> tuple[list[Key], list[Key]]:
    own = {
        one.key: one for one in latest.values()
        if one.record_ref is not None and holder[one.record_ref][1] == child
    }  # fmt: skip
    staff = {one.facts.get("practitioner", {}).get("staff_ref") for one in own.values()}
    trained = {
        k: one for k, one in latest.items() if one.record_ref is None and one.staff_ref in staff
    }
    while True:
        reaching = {
            key: one for key, one in latest.items()
            if one.type == RETRACTED and key not in own
            and _target(one) in (own.keys() | trained.keys())
        }  # fmt: skip
        if not reaching:
            break
        own |= reaching
    return _in_order(own), _in_order(trained)


def _target(one: Event) -> Key:
    return (one.facts["retracts"]["source"], one.facts["retracts"]["id"])


def _in_order(events: Mapping[Key, Event]) -> list[Key]:
    return [one.key for one in sorted(events.values(), key=lambda e: e.order)]


@dataclass
class Broker:
    """A broker that keeps what it is sent; refuses what `too_large` says."""

    sent: list[kafka.Outgoing] = field(default_factory=list)
    too_large: int = 8 * 1024 * 1024

    async def publish(self, messages: Sequence[kafka.Outgoing]) -> list[kafka.Refused | None]:
        outcomes: list[kafka.Refused | None] = []
        for one in messages:
            refused = len(one[2] or b"") > self.too_large
            outcomes.append(kafka.Refused("too-large") if refused else None)
            if not refused:
                self.sent.append(one)
        return outcomes

    def last(self) -> dict[str, dict[str, Any]]:
        """What each key last held."""
        return {key.decode(): msgspec.json.decode(value or b"null") for _, key, value in self.sent}
