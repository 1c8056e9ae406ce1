"""What became of each referral of a child to a service: who answered how, when, and did it help?

Pure, from the events in order of life: order of arrival, duplicates and what was sent in error
change nothing. A step that should not be possible is taken as it is told and said to be odd.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

from services.domain import events as e
from services.domain.chronology import arrange
from services.domain.events import Event, agency_of
from services.domain.moments import london_day
from services.domain.policy import Policy
from services.domain.registry import Registry
from services.domain.retraction import Reason, retracted

ACCEPTED: Final = "service.referral-accepted.v1"
TYPES: Final = frozenset(
    {e.SERVICE_REFERRED, ACCEPTED, e.SERVICE_DECLINED, e.SUPPORT_STARTED, e.SUPPORT_ENDED}
)
State = Literal["made", "accepted", "declined", "started", "ended"]
DECLINED_BY: Final[Mapping[str, str]] = {
    "capacity": "provider",
    "criteria": "provider",
    "consent": "client",
    "not-reached": "nobody",
    "other": "unknown",
}
"""By reason: who declined. The child or a carer did where there was no consent; where nobody was
reached, nobody did."""

OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class Onward:
    """One referral of a child to a service, and how it stands.

    `agency` made it, by the event `made_by`. Times are of the first event of a kind, those of a
    decline and its reason of the last. `again` is the child's next referral after a decline, if it
    came soon enough.
    """

    child: str
    ref: str
    made_by: e.Key
    agency: str
    provider: str
    kind: str
    sector: str
    area: str | None
    made_at: datetime
    state: State
    accepted_at: datetime | None = None
    declined_at: datetime | None = None
    reason: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    helped: str | None = None
    again: "Onward | None" = None
    odd: tuple[str, ...] = ()

    @property
    def days_to_accept(self) -> int | None:
        """Days of London from made to accepted; None where that is not known."""
        return _days(self.made_at, self.accepted_at)

    @property
    def days_to_start(self) -> int | None:
        """Days of London from made to the start of support; None where that is not known."""
        return _days(self.made_at, self.started_at)

    @property
    def days_to_again(self) -> int | None:
        """Days of London from the decline to the child's next referral; None if it has none."""
        again = None if self.again is None else self.again.made_at
        return _days(self.declined_at or self.made_at, again)


def declined_by(state: State, reason: str | None) -> str | None:
    """Say who declined: provider, client, nobody (not reached) or unknown; None if not declined."""
    return DECLINED_BY.get(reason or OTHER) if state == "declined" else None


@dataclass(slots=True)
class _Attempt:
    """The events of one ref from a referral to the next one after a decline or an end."""

    made: list[Event] = field(default_factory=list)
    steps: list[Event] = field(default_factory=list)

    def first(self, type_: str) -> Event | None:
        return next((event for event in self.steps if event.type == type_), None)

    def last(self, type_: str) -> Event | None:
        return next((event for event in reversed(self.steps) if event.type == type_), None)

    @property
    def over(self) -> bool:
        """Whether it was declined, or support has ended: what is made next is another one."""
        return _state(self) in {"declined", "ended"}


def onward_of(
    told: Iterable[tuple[str, Event]], policy: Policy, within_days: float
) -> list[Onward]:
    """Return every referral to a service of children, by time.

    Args:
        told: by child every event of `TYPES`, and what retracts any of them.
        policy: says who is a child at the referral.
        within_days: how soon after a decline a referral counts as made again; `inf`: whenever.

    """
    lives: dict[str, list[Event]] = {}
    for child, event in told:
        lives.setdefault(child, []).append(event)
    gone = _gone((event for events in lives.values() for event in events), policy.registry)
    found = [
        one
        for child, events in lives.items()
        for one in _with_again(_of_child(child, events, gone, policy), within_days)
    ]
    return sorted(found, key=lambda one: (one.made_at, one.child, one.ref))


def _gone(events: Iterable[Event], registry: Registry) -> set[e.Key]:
    reasons = retracted(arrange(events), registry)
    return {key for key, reason in reasons.items() if reason is Reason.RETRACTED}


def _of_child(
    child: str, events: Iterable[Event], gone: Collection[e.Key], policy: Policy
) -> Iterator[Onward]:
    by_ref: dict[str, list[Event]] = {}
    for event in arrange(events):
        ref = event.ref("service_ref")
        if event.type in TYPES and event.key not in gone and ref is not None:
            by_ref.setdefault(ref, []).append(event)
    for ref, said in by_ref.items():
        for attempt in _attempts(said):
            if policy.is_child(attempt.made[0]):
                yield _onward(child, ref, attempt)


def _attempts(said: Sequence[Event]) -> list[_Attempt]:
    """Part what is said of one ref; what is said before anything was made belongs to the first."""
    attempts = [_Attempt()]
    for event in said:
        at = attempts[-1]
        if event.type != e.SERVICE_REFERRED:
            at.steps.append(event)
        elif at.made and at.over:
            attempts.append(_Attempt(made=[event]))
        else:
            at.made.append(event)
    return [attempt for attempt in attempts if attempt.made]


def _onward(child: str, ref: str, attempt: _Attempt) -> Onward:
    first, state = attempt.made[0], _state(attempt)
    accepted, started = attempt.first(ACCEPTED), attempt.first(e.SUPPORT_STARTED)
    declined = attempt.last(e.SERVICE_DECLINED)
    ended = attempt.last(e.SUPPORT_ENDED)
    return Onward(
        child=child,
        ref=ref,
        made_by=first.key,
        agency=agency_of(first.source),
        provider=_stated(attempt.made, "provider") or OTHER,
        kind=_stated(attempt.made, "kind") or OTHER,
        sector=_stated(attempt.made, "sector") or OTHER,
        area=_area(attempt.made),
        made_at=first.time,
        state=state,
        accepted_at=_time(accepted),
        declined_at=_time(declined),
        reason=None if declined is None else declined.ref("reason_code") or OTHER,
        started_at=_time(started),
        ended_at=_time(attempt.first(e.SUPPORT_ENDED)),
        outcome=None if ended is None else ended.ref("outcome"),
        helped=None if ended is None else ended.ref("child_says_it_helped"),
        odd=tuple(_odd(first, attempt)),
    )


def _state(attempt: _Attempt) -> State:
    """Say how an attempt stands: support counts for more than answers, a later answer for more."""
    kinds = {event.type for event in attempt.steps}
    if e.SUPPORT_ENDED in kinds:
        return "ended"
    if e.SUPPORT_STARTED in kinds:
        return "started"
    answers = [event for event in attempt.steps if event.type in {ACCEPTED, e.SERVICE_DECLINED}]
    if not answers:
        return "made"
    return "accepted" if answers[-1].type == ACCEPTED else "declined"


def _odd(made: Event, attempt: _Attempt) -> Iterator[str]:
    """Name what cannot have been so."""
    kinds = {event.type for event in attempt.steps}
    if any(event.until < made.time for event in attempt.steps):
        yield "before-made"
    if e.SUPPORT_ENDED in kinds and e.SUPPORT_STARTED not in kinds:
        yield "ended-without-start"
    if e.SERVICE_DECLINED in kinds and kinds & {e.SUPPORT_STARTED, e.SUPPORT_ENDED}:
        yield "declined-and-started"


def _with_again(found: Iterable[Onward], within_days: float) -> Iterator[Onward]:
    """Say of each decline which referral of the child came next, at or after it and soon enough."""
    made = sorted(found, key=lambda one: (one.made_at, one.ref))
    for one in made:
        yield _next(one, made, within_days) if one.state == "declined" else one


def _next(one: Onward, made: Sequence[Onward], within_days: float) -> Onward:
    declined_at = one.declined_at or one.made_at
    for later in made:
        days = _days(declined_at, later.made_at)
        if later is not one and later.made_at >= max(declined_at, one.made_at) and days is not None:
            return replace(one, again=later) if days <= within_days else one
    return one


def _stated(made: Sequence[Event], name: str) -> str | None:
    """Return what was last stated."""
    return next((said for event in reversed(made) if (said := event.ref(name))), None)


def _area(made: Sequence[Event]) -> str | None:
    areas = (event.part("child").get("area") for event in reversed(made))
    return next((area for area in areas if isinstance(area, str)), None)


def _time(event: Event | None) -> datetime | None:
    return None if event is None else event.time


def _days(since: datetime, until: datetime | None) -> int | None:
    """Return the days of London between two moments; None if the second is none, or before."""
    if until is None:
        return None
    days = (london_day(until) - london_day(since)).days
    return days if days >= 0 else None
