"""Was a child who came to notice referred? The rule `timeliness.referral_not_made`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from services.domain import events as e
from services.domain.chronology import Folded
from services.domain.events import Event
from services.domain.incidents import Incident
from services.domain.policy import Deadline, Policy
from services.domain.referrals import Referral
from services.domain.rules.rule import (
    Closure,
    Shortfall,
    by_until,
    first_from,
    when,
)

NAME = "timeliness.referral_not_made"


# After a detention [24 h], an interview as suspect [24 h], an exposure or concern graded red
# [24 h] or amber [72 h]; green alone owes nothing. One obligation for all events that share a
# `custody_ref` or an `incident_ref`. The deadline is the earliest of the deadlines of all owing
# events of the obligation and its anchor is the event that gives it.
# Closed by the first of: any `referral.made` for the child at or after the event; an earlier
# referral that names its ref in `triggers`; a `no-referral.decided` naming it.
def referral_not_made(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the incidents after which a referral was owed and not made in time."""
    answers = Answers.of(folded)
    for incident in folded.incidents(policy.is_child):
        owing = _owing(incident, policy)
        if owing:
            yield _shortfall(incident, owing, answers)


def _shortfall(incident: Incident, owing: list["Owing"], answers: "Answers") -> Shortfall:
    first = min(owing, key=lambda owed: (owed.clock.at, owed.event.order))
    anchor, clock = first.event, first.clock
    return Shortfall(
        judged=incident.name,
        anchor=anchor,
        agency=anchor.agency,
        opens_at=clock.at,
        forgives=clock.forgives,
        closed=answers.first(incident, anchor),
        code="referral_not_made",
        behind=tuple(owed.event for owed in owing),
        params={"cause": first.cause},
        clock=clock,
    )


@dataclass(frozen=True, slots=True)
class Owing:
    """An event that owes a referral, why (the number its clock is set by), and by when."""

    event: Event
    cause: str
    clock: Deadline


def _owing(incident: Incident, policy: Policy) -> list[Owing]:
    return [
        Owing(event, cause, policy.deadline(f"{NAME}.{cause}", event.time, event))
        for event in incident.events
        if (cause := _cause(event)) is not None
    ]


def _cause(event: Event) -> str | None:
    """Name the number that an event's clock is set by; None where it owes nothing."""
    if event.type == e.DETAINED:
        return "detention"
    if event.type == e.INTERVIEWED:
        return "suspect_interview" if event.facts.get("involvement") == "suspect" else None
    if event.type in (e.EXPOSED, e.CONCERN):
        grade = event.facts.get("grade")
        return grade if grade in ("red", "amber") else None
    return None


@dataclass(frozen=True, slots=True)
class Answers:
    """What may meet the obligation: referrals in order, and by trigger what first named it."""

    made: list[Event]
    named: Mapping[str, Closure]

    @classmethod
    def of(cls, folded: Folded) -> "Answers":
        """Read a child's referrals and decisions not to refer, once."""
        standing = [
            (referral, made)
            for referral in folded.referrals.values()
            if (made := referral.standing)
        ]
        named: dict[str, Closure] = {}
        for referral, made in standing:
            _note(named, _namings(referral, made))
        _note(named, ((decision.time, decision) for decision in folded.of_type(e.NOT_REFERRED)))
        return cls(by_until(event for _, made in standing for event in made), named)

    def first(self, incident: Incident, anchor: Event) -> Closure | None:
        """Find what met the obligation first; it may lie before the anchor."""
        found = [self.named[ref] for _, ref in incident.refs if ref in self.named]
        found += [(made.time, made) for made in first_from(anchor.time, self.made)]
        return min(found, key=when, default=None)


def _namings(referral: Referral, made: list[Event]) -> Iterator[Closure]:
    """Find when a referral's events name their triggers: an amendment not before it was made."""
    yield from ((event.time, event) for event in made)
    for amendment in referral.of_type(e.AMENDED):
        yield max(amendment.time, made[0].time), amendment


def _note(named: dict[str, Closure], done: Iterable[Closure]) -> None:
    for each in done:
        for ref in each[1].triggers:
            named[ref] = min(named.get(ref, each), each, key=when)
