"""From when until when was a gap seen to be open, and by whose alert?

A gap is seen at a moment if it was believed then and was open then. What is believed later of an
earlier time changes nothing about what was seen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

Ending = Literal["closed", "withdrawn", "moved"]


class Group(NamedTuple):
    """What an alert is about: one child, one rule, one agency that owes it."""

    child_ref: str
    rule: str
    agency: str


@dataclass(frozen=True, slots=True)
class Belief:
    """What was believed of a gap in `[known_from, known_to)`: as much as alerts need."""

    gap_id: str
    child_ref: str
    rule: str
    lesson: str
    kind: str
    observed: bool
    agency: str
    visible_to: tuple[str, ...]
    unit: str | None
    opens_at: datetime
    closes_at: datetime | None
    known_from: datetime
    known_to: datetime | None

    @property
    def group(self) -> Group:
        """Whose alert it belongs to."""
        return Group(self.child_ref, self.rule, self.agency)

    def known(self, at: datetime) -> bool:
        """Whether it was believed at a moment."""
        return self.known_from <= at and (self.known_to is None or at < self.known_to)

    @property
    def begins(self) -> datetime:
        """From when on it is seen to be open, if it is at all."""
        return max(self.opens_at, self.known_from)

    @property
    def ends(self) -> datetime | None:
        """Until when it is seen to be open."""
        ends = [end for end in (self.closes_at, self.known_to) if end is not None]
        return min(ends, default=None)

    @property
    def seen(self) -> bool:
        """Whether it is ever seen to be open: what nobody would report as done is no alert."""
        return self.observed and (self.ends is None or self.begins < self.ends)


@dataclass(frozen=True, slots=True)
class Episode:
    """A gap seen to be open in `[begins, ends)` by one group's alert.

    `since` is when the person who looks at it would say that it began: a break shorter than the
    policy's settling, as when records are linked, is none.
    """

    group: Group
    belief: Belief
    begins: datetime
    ends: datetime | None
    ending: Ending | None
    since: datetime

    def open(self, at: datetime) -> bool:
        """Whether the gap is seen to be open at a moment."""
        return self.begins <= at and (self.ends is None or at < self.ends)


def episodes(beliefs: Iterable[Belief], settling: timedelta) -> list[Episode]:
    """Return the episodes of one gap, in order, from all that was ever believed of it."""
    rows = sorted(beliefs, key=lambda one: one.known_from)
    found: list[Episode] = []
    for place, row in enumerate(rows):
        if not row.seen:
            continue
        last = found[-1] if found else None
        ending = _ending(row, rows[place + 1 :])
        if last and last.group == row.group and last.ends == row.begins:
            found[-1] = Episode(last.group, row, last.begins, row.ends, ending, last.since)
        else:
            near = last and last.ends is not None and row.begins - last.ends < settling
            since = last.since if last and near else row.begins
            found.append(Episode(row.group, row, row.begins, row.ends, ending, since))
    return found


def _ending(row: Belief, later: Sequence[Belief]) -> Ending | None:
    """Say why a gap is no longer seen: it closed, it was never so, or it is another alert's."""
    if row.ends is None:
        return None
    if row.ends == row.closes_at:
        return "closed"
    after = later[0] if later else None
    if after is None or not after.observed:
        return "withdrawn"
    if after.group != row.group:
        return "moved"
    return "closed" if after.closes_at is not None else "withdrawn"
