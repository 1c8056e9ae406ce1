"""What did a referral say after each thing said of it, and when was that poor?"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from services.domain import events as e
from services.domain.chronology import Folded
from services.domain.events import Event
from services.domain.policy import Policy
from services.domain.referrals import Referral
from services.domain.rules.rule import Closure, closure, earliest

Lacks = frozenset[tuple[str, ...]]
"""What is poor in what a referral says: names of elements or parts, or of what is in them."""

Lacking = Callable[["Said", Event], Lacks]
"""Says what is poor, by the policy that holds at an event."""

NO_LACKS: Lacks = frozenset()

SAYING = frozenset({e.MADE, e.AMENDED})
"""The types by which something is said of a referral."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a referral says by now: features of its words, merged by key (`facts.features`)."""

    information: Mapping[str, str]
    reason: Mapping[str, Mapping[str, Any]]

    def words(self, part: str) -> int:
        """How many words a part has; 0 where it is absent, blank or a placeholder."""
        words = self.reason.get(part, {}).get("words")
        return words if isinstance(words, int) else 0

    def phrases(self, part: str) -> list[str]:
        """The codes of the phrases of adult language in a part."""
        phrases = self.reason.get(part, {}).get("phrases")
        return phrases if isinstance(phrases, list) else []

    def merged(self, event: Event) -> "Said":
        """What the referral says after an event: what that states replaces, key by key."""
        features = event.part("features")
        return Said(
            {**self.information, **_table(features, "information")},
            {**self.reason, **_table(features, "reason")},
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One thing said of a referral, and what the referral says from then on."""

    event: Event
    after: Said


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which what a referral says was poor: since which event, how, and until when."""

    anchor: Event
    lacks: Lacks
    closed: Closure | None


def steps_of(folded: Folded, referral: Referral, policy: Policy) -> list[Step]:
    """Follow what a referral says, worked out once for all rules that read it."""
    name = (steps_of, referral.ref, policy.version)
    return folded.once(lambda _: _steps(referral, policy), name)


def _steps(referral: Referral, policy: Policy) -> list[Step]:
    """Follow what a referral says, from its first making for a child on.

    What else is timed at or before that is part of it, and replaces what it states: an amendment
    amends. A second making counts as an amendment.
    """
    made = next((event for event in referral.of_type(e.MADE) if policy.is_child(event)), None)
    if made is None:
        return []
    part_of_it = [event for event in referral.said if event.time <= made.time and event is not made]
    said = Said({}, {}).merged(made)
    for event in part_of_it:
        said = said.merged(event)
    steps = [Step(made, said)]
    for event in referral.said:
        if event.time > made.time:
            steps.append(Step(event, steps[-1].after.merged(event)))
    return steps


def spells(
    folded: Folded,
    referral: Referral,
    policy: Policy,
    lacking: Lacking,
    overrules: Iterable[Event] = (),
) -> Iterator[Spell]:
    """Find when what a referral says was poor, each time from the event that made it so.

    A change of policy between two events makes nothing poor: an amendment opens a spell only where
    it is what made the difference. A withdrawal ends every spell.

    Args:
        folded: the child that the referral is about.
        referral: whose words are judged.
        policy: who counts as a child.
        lacking: what is poor, by the numbers and lists that hold at an event.
        overrules: reviews by which a person accepts what is poor: it ends the spell, and what was
            accepted opens no other as long as it stays.

    """
    withdrawn = closure(referral.of_type(e.WITHDRAWN))
    for spell in _spells(steps_of(folded, referral, policy), policy, lacking, overrules):
        yield Spell(spell.anchor, spell.lacks, earliest([spell.closed, withdrawn]))


def _spells(
    steps: list[Step], policy: Policy, lacking: Lacking, overrules: Iterable[Event]
) -> Iterator[Spell]:
    said, accepted = Said({}, {}), NO_LACKS
    current: Spell | None = None
    for place, turn in enumerate(_turns(steps, overrules)):
        if isinstance(turn, Event):
            if current is not None:
                yield Spell(current.anchor, current.lacks, (turn.time, turn))
                accepted = lacking(said, current.anchor)
                current = None
            continue
        before, said, at = said, turn.after, turn.event.time
        if current is not None:
            if not lacking(said, current.anchor) - accepted:
                yield Spell(current.anchor, current.lacks, (at, turn.event))
                current = None
        elif policy.is_child(turn.event) and (
            place == 0 or not lacking(before, turn.event) - accepted
        ):
            lacks = lacking(said, turn.event) - accepted
            current = Spell(turn.event, lacks, None) if lacks else None
        if accepted:
            accepted &= lacking(said, turn.event)
    if current is not None:
        yield current


def _turns(steps: list[Step], overrules: Iterable[Event]) -> list[Step | Event]:
    """Put steps and reviews in order: a review comes after what was said at the same instant.

    A review from before the first step is left out: it was not of this.
    """
    if not steps:
        return []
    first = steps[0].event.time
    reviews = sorted((each for each in overrules if each.until >= first), key=attrgetter("order"))
    turns: list[Step | Event] = [*steps, *reviews]
    return sorted(turns, key=_turn)


def _turn(turn: Step | Event) -> tuple[datetime, bool]:
    return (turn.until, True) if isinstance(turn, Event) else (turn.event.time, False)


def _table(features: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = features.get(name)
    return table if isinstance(table, Mapping) else {}
