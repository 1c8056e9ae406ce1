"""Which agency and system sends which event types, since when?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from services.domain.events import agency_of
from services.domain.moments import london_day
from services.domain.numbers import is_day, is_text
from services.domain.registry import Registry, matches


@dataclass(frozen=True, slots=True)
class Feed:
    """What a sender (a source, or a whole agency) sends between two London days, both included."""

    sender: str
    types: tuple[str, ...]
    since: date | None
    until: date | None

    def speaks_of(self, event_type: str) -> bool:
        """Whether the line is about this type, on whichever day."""
        return any(matches(pattern, event_type) for pattern in self.types)

    def covers(self, at: datetime) -> bool:
        """Whether the line holds on the London day of this moment."""
        if self.since is None and self.until is None:
            return True
        day = london_day(at)
        return (self.since or day) <= day <= (self.until or day)


@dataclass(frozen=True)
class Feeds:
    """Every feed, and the intervals in which a person found one to be silent."""

    feeds: tuple[Feed, ...]
    silences: tuple[Feed, ...]

    @classmethod
    def parse(cls, content: Mapping[str, Any], registry: Registry, faults: list[str]) -> "Feeds":
        """Read policy/feeds.toml (its header states the shape); what is wrong goes to `faults`."""
        return cls(
            _read("/feeds", content.get("feeds"), registry, faults),
            _read("/silences", content.get("silences", []), registry, faults),
        )

    def fed(self, source: str, agency: str, event_type: str, at: datetime) -> bool:
        """Whether the type is fed then: by the source if a line names it, else by the agency."""
        asked = (source, agency, event_type)
        if asked not in self._known:
            self._known[asked] = self._speaking(*asked)
        lines, silences = self._known[asked]
        fed = any(line.covers(at) for line in lines)
        return fed and not (silences and any(line.covers(at) for line in silences))

    def _speaking(
        self, source: str, agency: str, event_type: str
    ) -> tuple[tuple[Feed, ...], tuple[Feed, ...]]:
        """Find the feeds and the silences that speak of a type, whenever they hold."""
        own = self._by_sender.get(source)
        sender = agency_of(source) if own else agency
        lines = own or self._by_sender.get(sender, [])
        silences = [line for line in self.silences if line.sender in (source, sender)]
        return (
            tuple(line for line in lines if line.speaks_of(event_type)),
            tuple(line for line in silences if line.speaks_of(event_type)),
        )

    @cached_property
    def _known(self) -> dict[tuple[str, str, str], tuple[tuple[Feed, ...], tuple[Feed, ...]]]:
        """What speaks of what was asked: there are as many as sources, types and who owes."""
        return {}

    @cached_property
    def _by_sender(self) -> dict[str, list[Feed]]:
        lines: dict[str, list[Feed]] = {}
        for feed in self.feeds:
            lines.setdefault(feed.sender, []).append(feed)
        return lines


def _read(pointer: str, stated: object, registry: Registry, faults: list[str]) -> tuple[Feed, ...]:
    if not isinstance(stated, list):
        faults.append(f"{pointer}: not a list")
        return ()
    found = [
        f"{pointer}/{place}/{fault}"
        for place, line in enumerate(stated)
        for fault in _faults(line, registry, dated=pointer == "/silences")
    ]
    faults += found
    return () if found else tuple(_feed(line) for line in stated)


def _feed(line: Mapping[str, Any]) -> Feed:
    sender = line.get("source") or line["agency"]
    return Feed(sender, tuple(line["types"]), line.get("since"), line.get("until"))


def _faults(line: object, registry: Registry, *, dated: bool) -> list[str]:
    if not isinstance(line, Mapping):
        return [": not a table"]
    types = line.get("types")
    faults = [*_sender_faults(line, registry), *_day_faults(line, dated=dated)]
    if not isinstance(types, list) or not all(is_text(pattern) for pattern in types):
        faults.append("types: not texts")
    if not is_text(line.get("why")):
        faults.append("why: missing")
    return faults


def _sender_faults(line: Mapping[str, Any], registry: Registry) -> list[str]:
    source, agency = line.get("source"), line.get("agency")
    if (source is None) == (agency is None):
        return ["source: either a source or an agency"]
    sender = agency if source is None else agency_of(str(source))
    return [] if sender in registry.agencies else ["agency: not in the registry"]


def _day_faults(line: Mapping[str, Any], *, dated: bool) -> list[str]:
    stated = {key: line[key] for key in ("since", "until") if key in line}
    faults = [f"{key}: not a day" for key, day in stated.items() if not is_day(day)]
    if dated:
        faults += [f"{key}: missing" for key in ("since", "until") if key not in stated]
    if not faults and len(stated) == len(("since", "until")) and stated["since"] > stated["until"]:
        faults.append("until: before since")
    return faults
