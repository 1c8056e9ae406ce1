"""What became of each referral?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter

from services.domain.events import AMENDED, DECIDED, MADE, RECEIVED, WITHDRAWN, Event


def original(made: Iterable[Event]) -> Event:
    """Find the making of a referral that counts as its own: the first received, whatever its time.

    Whoever makes it again under the same ref, even backdated, gains no right over it.
    """
    return min(made, key=attrgetter("arrival"))


@dataclass(frozen=True)
class Referral:
    """Everything in effect that is known of one `referral_ref`: events in order, by type."""

    ref: str
    by_type: Mapping[str, list[Event]]

    def of_type(self, event_type: str) -> list[Event]:
        """The referral's events of one type, in order."""
        return self.by_type.get(event_type, [])

    def closers(self, types: Iterable[str]) -> list[Event]:
        """The referral's events of these types, whenever they were."""
        return [event for event_type in types for event in self.of_type(event_type)]

    @property
    def started(self) -> Event | None:
        """What the clocks follow: the first received, else the first made."""
        return next(iter(self.of_type(RECEIVED) or self.of_type(MADE)), None)

    @cached_property
    def said(self) -> list[Event]:
        """Everything that its sender said in making and amending it, in order."""
        senders = self.senders
        return [event for event in self._stated if event.agency in senders]

    @cached_property
    def _stated(self) -> list[Event]:
        """Every making and amendment under this ref, whoever made it again; in order."""
        return sorted([*self.of_type(MADE), *self.of_type(AMENDED)], key=attrgetter("order"))

    @property
    def area(self) -> str | None:
        """The area that the referral was last stated by its sender to be sent to."""
        return next((area for event in reversed(self.said) if (area := event.ref("sent_to"))), None)

    @property
    def senders(self) -> list[str]:
        """The agency that made the referral, none where that is not known."""
        made = self.of_type(MADE)
        return [original(made).agency] if made else []

    @cached_property
    def standing(self) -> list[Event]:
        """The times that it was made and not withdrawn before any decision on it."""
        void = self._voiding
        if void is None:
            return self.of_type(MADE)
        return [made for made in self.of_type(MADE) if void.until < made.time]

    @property
    def void(self) -> Event | None:
        """The withdrawal by which nothing of it stands any more, if there is one."""
        return None if self.standing else self._voiding

    @cached_property
    def counting(self) -> list[Event]:
        """What was said in making and amending it, as far as it stands; in order."""
        if not self.standing:
            return []
        void = self._voiding
        return [event for event in self._stated if void is None or void.until < event.time]

    @cached_property
    def _voiding(self) -> Event | None:
        """The last withdrawal before any decision: what was made up to it counts as not made."""
        decided = self.of_type(DECIDED)
        undecided = [
            event
            for event in self.of_type(WITHDRAWN)
            if not decided or event.order < decided[0].order
        ]
        return undecided[-1] if undecided else None


def referrals_of(by_ref: Mapping[str, list[Event]]) -> dict[str, Referral]:
    """Sort the events that carry each referral's ref by their type."""
    return {ref: Referral(ref, _by_type(events)) for ref, events in by_ref.items()}


def _by_type(events: Iterable[Event]) -> dict[str, list[Event]]:
    by_type: dict[str, list[Event]] = {}
    for event in events:
        by_type.setdefault(event.type, []).append(event)
    return by_type
