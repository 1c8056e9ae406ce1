"""Who made a referral disagrees with what was decided of it: how far has that come?

`schemas/policy/disagreement.toml` says which stages there are and how long each may take.
Nothing is judged by it: it is shown how long a disagreement has stood, and where.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from services.domain.events import DECIDED, RECEIVED, Event
from services.domain.moments import london_day, stamp
from services.domain.referrals import Referral
from services.domain.registry import Registry
from services.domain.working_days import Calendar, CalendarEnds

RAISED: Final = "disagreement.raised.v1"
ADVANCED: Final = "disagreement.advanced.v1"
SETTLED: Final = "disagreement.settled.v1"
TYPES: Final = frozenset({RAISED, ADVANCED, SETTLED})

State = Literal["open", "settled"]


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the ladder: who settles it there, and within how many working days."""

    number: int
    name: str
    who: str
    days: int


@dataclass(frozen=True, slots=True)
class Ladder:
    """The stages that hold for what is raised from a day on, and who says so."""

    since: date
    source: str
    standing: str
    stages: tuple[Stage, ...]

    def stage(self, number: int) -> Stage:
        """Return a stage by its number; beyond the last it is the last."""
        return self.stages[min(number, len(self.stages)) - 1]


def ladders(content: Mapping[str, Any]) -> tuple[Ladder, ...]:
    """Read disagreement.toml, the latest first; ValueError where it does not hold together."""
    found = sorted((_ladder(one) for one in content["policy"]), key=lambda one: one.since)
    if not found or not all(one.stages and one.source for one in found):
        raise ValueError("disagreement.toml: a policy without stages or source")
    return tuple(reversed(found))


def ladder_at(all_of_them: Sequence[Ladder], at: datetime) -> Ladder:
    """Return the ladder for what is raised at a moment; the oldest before all of them."""
    day = london_day(at)
    return next((one for one in all_of_them if one.since <= day), all_of_them[-1])


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One disagreement: raised, at a stage since, and settled or not."""

    raised: Event
    stage: int
    stage_at: datetime
    settled: Event | None

    @property
    def state(self) -> State:
        """Whether it still stands."""
        return "open" if self.settled is None else "settled"

    def days_open(self, now: datetime) -> int:
        """How many whole days it has stood, or stood until it was settled."""
        until = now if self.settled is None else self.settled.time
        return max((until - self.raised.time).days, 0)


def disagreements_of(referral: Referral, registry: Registry) -> list[Disagreement]:
    """Return the disagreements about a referral, in order; one at a time.

    Only its sender raises one; who made, received, decided or reviews it carries it on. What comes
    while none stands is without effect.
    """
    found: list[Disagreement] = []
    for event in sorted(_said(referral, registry), key=lambda one: one.order):
        standing = found[-1] if found and found[-1].settled is None else None
        if event.type == RAISED and standing is None:
            found.append(Disagreement(event, 1, event.time, None))
        elif event.type != RAISED and standing is not None:
            found[-1] = _on(standing, event)
    return found


def _said(referral: Referral, registry: Registry) -> Iterator[Event]:
    parties = {event.agency for kind in (RECEIVED, DECIDED) for event in referral.of_type(kind)}
    for event in referral.closers(TYPES):
        own = event.agency in referral.senders
        if own or (event.type != RAISED and (event.agency in parties or _reviews(event, registry))):
            yield event


def _reviews(event: Event, registry: Registry) -> bool:
    agency = registry.agencies.get(event.agency)
    return agency is not None and agency.kind == "reviewer"


def _on(standing: Disagreement, event: Event) -> Disagreement:
    """Carry a disagreement on: to a higher stage, never back, or to its end."""
    if event.type == SETTLED:
        return Disagreement(standing.raised, standing.stage, standing.stage_at, event)
    stage = event.facts.get("stage")
    if not isinstance(stage, int) or stage <= standing.stage:
        return standing
    return Disagreement(standing.raised, stage, event.time, None)


def told(
    one: Disagreement, policy: Sequence[Ladder], calendar: Calendar, now: datetime
) -> dict[str, Any]:
    """Tell of a disagreement: stage, by when it should go on, and how long it has stood."""
    ladder = ladder_at(policy, one.raised.time)
    stage = ladder.stage(one.stage)
    due_at, skipped = _due(calendar, one.stage_at, stage.days)
    settled = one.settled
    return {
        "state": one.state,
        "raised_at": stamp(one.raised.time),
        "raised_by": one.raised.agency,
        "wanted": one.raised.ref("wanted"),
        "stage": stage.number,
        "stages": len(ladder.stages),
        "stage_name": stage.name,
        "stage_who": stage.who,
        "stage_at": stamp(one.stage_at),
        "stage_days": stage.days,
        "due_at": None if due_at is None else stamp(due_at),
        "skipped": skipped,
        "overdue": settled is None and due_at is not None and due_at < now,
        "days_open": one.days_open(now),
        "settled_at": None if settled is None else stamp(settled.time),
        "settled_by": None if settled is None else settled.agency,
        "outcome": None if settled is None else settled.ref("outcome"),
        "policy": {
            "since": ladder.since.isoformat(),
            "source": ladder.source,
            "standing": ladder.standing,
        },
    }


def _due(calendar: Calendar, start: datetime, days: int) -> tuple[datetime | None, list[str]]:
    try:
        due_at, skipped = calendar.deadline(start, days)
    except CalendarEnds:
        return None, []
    return due_at, [holiday.name for holiday in skipped]


def _ladder(stated: Mapping[str, Any]) -> Ladder:
    stages = tuple(
        Stage(number, one["name"], one["who"], one["days"])
        for number, one in enumerate(stated["stages"], 1)
    )
    return Ladder(stated["since"], stated["source"], stated["standing"], stages)


def latest(found: Iterable[Disagreement]) -> Disagreement | None:
    """Return the last of some disagreements."""
    return next(reversed(list(found)), None)
