"""Was whoever handled it trained? The family `training` (contract.md 3), judged by oversight."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from services.domain import events as e
from services.domain.chronology import Folded
from services.domain.events import Event
from services.domain.incidents import Ref
from services.domain.moments import london_day
from services.domain.policy import Policy
from services.domain.rules.rule import Closure, Rule, Shortfall

TRAINING_CLOSES = (e.TRAINED,)

HANDLED: Mapping[str, str] = {
    e.DETAINED: "custody_ref",
    e.INTERVIEWED: "interview_ref",
    e.EXPOSED: "incident_ref",
    e.MADE: "referral_ref",
}
"""The types that somebody handles, and their own ref; amendments handle nothing."""

Courses = Mapping[tuple[str, str], list[Event]]
"""By practitioner and course: every completion, in order."""


# At a detention, interview (of any involvement), exposure or referral handled by a practitioner of
# a unit that must hold [`child-vulnerability`; units `general-cid`, `response`, `custody`; valid
# 3 years] without it in date then; no `unit`, no duty. In date means `completed_on` <= the event's
# London date <= `expires_on`, else the same date 3 years later (29 February becomes 28), both
# included; judged by `completed_on`, whenever the training event was timed. One gap per
# practitioner and own ref.
# Closed at the `time` of the first later `training.completed` of that practitioner that is in date
# then.
def not_in_date(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find what was handled by somebody whose training was not in date."""
    completed = _completed(folded)
    seen: set[tuple[Ref, str]] = set()
    for event, judged, missing in handlings(folded, policy):
        staff = event.staff or ""
        if missing and (judged, staff) not in seen:
            seen.add((judged, staff))
            yield Shortfall(
                judged=judged,
                anchor=event,
                agency=event.agency,
                opens_at=event.time,
                closed=_made_good(event, staff, missing, completed, policy),
                code="not_in_date",
                referral_ref=event.ref("referral_ref"),
                more=(staff,),
                params={"handled": event.type, "courses": list(missing)},
            )


def handlings(folded: Folded, policy: Policy) -> Iterator[tuple[Event, Ref, tuple[str, ...]]]:
    """Find what was handled by somebody bound to be trained, and what of it was not in date."""
    completed = _completed(folded)
    for event in folded.events:
        kind = HANDLED.get(event.type)
        if kind is not None and _bound(event, policy):
            missing = _missing(event, event.staff or "", completed, policy)
            yield event, (kind, event.ref(kind) or ""), missing


def _completed(folded: Folded) -> Courses:
    completed: dict[tuple[str, str], list[Event]] = {}
    for event in folded.training:
        if event.type == e.TRAINED:
            key = (event.staff or "", event.ref("course") or "")
            completed.setdefault(key, []).append(event)
    return completed


def _bound(event: Event, policy: Policy) -> bool:
    """Whether the practitioner is of a unit that must hold the training."""
    units = policy.words("training.not_in_date.units", event)
    return event.unit in units and policy.is_child(event)


def _missing(event: Event, staff: str, completed: Courses, policy: Policy) -> tuple[str, ...]:
    """Find the courses that the practitioner had not in date on the day of an event."""
    day, years = london_day(event.time), _years(event, policy)
    return tuple(
        course
        for course in policy.words("training.not_in_date.courses", event)
        if not any(_in_date(each, day, years) for each in completed.get((staff, course), ()))
    )


def _made_good(
    event: Event, staff: str, missing: tuple[str, ...], completed: Courses, policy: Policy
) -> Closure | None:
    """Find when the last of the courses missing was completed; None while one of them is not."""
    years = _years(event, policy)
    found = [
        _first_later(event.time, completed.get((staff, course), []), years) for course in missing
    ]
    done = [(each.time, each) for each in found if each is not None]
    return max(done, key=lambda one: one[1].order) if len(done) == len(missing) else None


def _first_later(at: datetime, completed: list[Event], years: int) -> Event | None:
    later = (each for each in completed if each.time > at)
    return next((each for each in later if _in_date(each, london_day(each.time), years)), None)


def _years(event: Event, policy: Policy) -> int:
    return policy.number("training.not_in_date.valid", event).value


def _in_date(training: Event, day: date, years: int) -> bool:
    completed_on = _day(training, "completed_on")
    if completed_on is None or completed_on > day:
        return False
    return day <= (_day(training, "expires_on") or _anniversary(completed_on, years))


def _day(training: Event, name: str) -> date | None:
    stated = training.ref(name)
    return None if stated is None else date.fromisoformat(stated)


def _anniversary(day: date, years: int) -> date:
    """The same date some years later; 29 February becomes 28 where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


RULES = (
    Rule("training.not_in_date", "4", "gap", 1, TRAINING_CLOSES, frozenset(HANDLED), not_in_date),
)
