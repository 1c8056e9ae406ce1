"""What did people say of an alert's gaps, and for how long does it hold?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.domain.alert_episodes import Episode
from services.domain.alert_policy import AlertPolicy
from services.domain.events import Event, Key
from services.domain.registry import Registry
from services.domain.retraction import retracted

State = Literal["warning", "new", "acknowledged", "in-hand", "resolved"]
STATES: Final[tuple[State, ...]] = ("warning", "new", "acknowledged", "in-hand", "resolved")
WORDS: Final[Mapping[str, State]] = {
    "alert.acknowledged.v1": "acknowledged",
    "alert.taken-in-hand.v1": "in-hand",
    "alert.resolved.v1": "resolved",
}
_HOLDS: Final[Mapping[State, str]] = {
    "acknowledged": "acknowledged_holds",
    "in-hand": "in_hand_holds",
    "resolved": "resolved_holds",
}


@dataclass(frozen=True, slots=True)
class Word:
    """What a person said of gaps: seen, in hand, resolved. It counts from when we received it."""

    key: Key
    agency: str
    unit: str | None
    state: State
    gap_ids: frozenset[str]
    at: datetime
    reason: str | None

    def lapses(self, policy: AlertPolicy) -> datetime:
        """When it holds no more."""
        return self.at + policy.length(_HOLDS[self.state], self.at)


def words(events: Iterable[Event], registry: Registry) -> list[Word]:
    """Read what people said, in the order in which we received it; the retracted is not said."""
    known = list(events)
    idle = retracted(known, registry)
    return sorted(
        (
            _word(event)
            for event in known
            if event.type in WORDS
            and event.key not in idle
            and registry.may_send(event.agency, event.type)
        ),
        key=lambda word: (word.at, word.key),
    )


def _word(event: Event) -> Word:
    reason = event.facts.get("reason")
    return Word(
        event.key,
        event.agency,
        event.unit,
        WORDS[event.type],
        frozenset(str(one) for one in event.stated("gap_ids")),
        event.received_at,
        reason if isinstance(reason, str) else None,
    )


def entitled(said: Iterable[Word], agency: str, registry: Registry) -> list[Word]:
    """Keep the words of the agency that owes it and of reviewers of their area."""
    owing = registry.agencies.get(agency)
    areas = set(owing.areas) if owing else set()

    def may(word: Word) -> bool:
        sender = registry.agencies.get(word.agency)
        if sender is None:
            return False
        reviews = sender.kind == "reviewer" and not areas.isdisjoint(sender.areas)
        return sender.id == agency or reviews

    return [word for word in said if may(word)]


def holding(
    episode: Episode, said: Sequence[Word], policy: AlertPolicy, at: datetime
) -> Word | None:
    """Return the last word on a gap if it still holds, None where nobody answers for the gap."""
    gap_id = episode.belief.gap_id
    named = [word for word in said if episode.since <= word.at <= at and gap_id in word.gap_ids]
    return named[-1] if named and at < named[-1].lapses(policy) else None
