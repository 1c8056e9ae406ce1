"""How did an alert come to stand as it does: what changed when, and how far did it climb?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.domain.alert_policy import AlertPolicy
from services.domain.alert_words import State


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of an alert's history: how it stood from `at` on.

    `by` is the agency whose word made it so, `unit` the person's; `step` how far it had climbed;
    `gaps` how many gaps were open. `reason` says why it is resolved: a person's code, or ours where
    no person did it.
    """

    at: datetime
    state: State
    reason: str | None = None
    by: str | None = None
    unit: str | None = None
    step: int = 0
    gaps: int = 0


def changes(moments: Iterable[Moment | None]) -> list[Moment]:
    """Keep the moments at which something is other than before."""
    found: list[Moment] = []
    for one in moments:
        if one is not None and not (found and replace(found[-1], at=one.at) == one):
            found.append(one)
    return found


def round_start(history: Sequence[Moment], settling: timedelta) -> datetime:
    """Return since when it is new, or warns; a break of `new` shorter than settling is none."""
    start, broke_off = history[0].at, None
    before: Moment | None = None
    for one in history:
        begins = before is None or one.state != before.state
        if one.state == "new" and begins:
            broken = before is not None and before.state == "resolved" and broke_off is not None
            if not (broken and broke_off is not None and one.at - broke_off < settling):
                start = one.at
        elif one.state == "warning" and begins:
            start = one.at
        elif before is not None and before.state == "new" and begins:
            broke_off = one.at
        before = one
    return start


def climbs(state: State, start: datetime, policy: AlertPolicy, kind: str) -> tuple[datetime, ...]:
    """When each step of the ladder is reached: only what is new climbs."""
    if state != "new":
        return ()
    return tuple(step.at(start, policy.calendar) for step in policy.ladder(kind, start))


def climbed(
    history: Sequence[Moment], policy: AlertPolicy, kind: str, now: datetime
) -> list[Moment]:
    """Put the steps of the ladder into the history."""
    found: list[Moment] = []
    for place, one in enumerate(history):
        start = round_start(history[: place + 1], policy.length("settling", one.at))
        steps = climbs(one.state, start, policy, kind)
        until = history[place + 1].at if place + 1 < len(history) else None
        found.append(replace(one, step=sum(at <= one.at for at in steps)))
        found += [
            replace(one, at=at, step=number)
            for number, at in enumerate(steps, start=1)
            if one.at < at <= now and (until is None or at < until)
        ]
    return found
