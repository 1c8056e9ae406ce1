"""Was an adult there for the child? The rule `equity.no_appropriate_adult`."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter

from services.domain import events as e
from services.domain.chronology import Folded
from services.domain.events import Event
from services.domain.moments import moment
from services.domain.policy import Policy
from services.domain.rules.rule import Closure, Shortfall, earliest, when

ARRIVAL_CLOSES = (e.DETAINED, e.INTERVIEWED)


# At an interview without one; or [3 h] after a detention with none arrived.
# A detention's closes at the earliest `arrived_at`, on any event of that custody in whatever order,
# or at an interview of that custody with an adult present; arrival or release within the 3 h means
# nothing is owed; a later release closes it. An interview's applies to every involvement; only an
# `arrived_at` after it in the same custody closes it.
def no_appropriate_adult(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the detentions and interviews at which no appropriate adult was there in time."""
    for ref in folded.refs("custody_ref"):
        yield from _detained(ref, folded.carrying("custody_ref", ref), policy)
    arrived = {
        ref: sorted(arrivals(folded.carrying("custody_ref", ref)), key=when)
        for ref in folded.refs("custody_ref")
    }
    for ref in folded.refs("interview_ref"):
        yield from _interviewed(ref, folded.carrying("interview_ref", ref), arrived, policy)


def _detained(ref: str, custody: list[Event], policy: Policy) -> Iterator[Shortfall]:
    owing = (each for each in custody if each.type == e.DETAINED and policy.is_child(each))
    anchor = next(owing, None)
    if anchor is None:
        return
    clock = policy.deadline("equity.no_appropriate_adult.limit", anchor.time, anchor)
    ends = {
        "arrival": earliest(arrivals(custody)),
        "presence": earliest(_present(custody)),
        "release": earliest(_releases(custody)),
    }
    closed = earliest(ends.values())
    how = next((how for how, end in ends.items() if closed is not None and end == closed), None)
    yield Shortfall(
        judged=("custody_ref", ref),
        anchor=anchor,
        agency=anchor.agency,
        opens_at=clock.at,
        forgives=clock.forgives,
        closed=closed,
        code="no_appropriate_adult",
        params={"at": "detention", "closed_how": how},
        clock=clock,
    )


def _interviewed(
    ref: str, events: list[Event], arrived: Mapping[str, list[Closure]], policy: Policy
) -> Iterator[Shortfall]:
    anchor = next((each for each in events if _alone(each, policy)), None)
    if anchor is None:
        return
    later = arrived.get(anchor.ref("custody_ref") or "", [])
    place = bisect_right(later, anchor.time, key=itemgetter(0))
    closed = next(iter(later[place : place + 1]), None)
    yield Shortfall(
        judged=("interview_ref", ref),
        anchor=anchor,
        agency=anchor.agency,
        opens_at=anchor.time,
        closed=closed,
        code="no_appropriate_adult_at_interview",
        params={"at": "interview", "closed_how": "arrival" if closed else None},
    )


def _alone(event: Event, policy: Policy) -> bool:
    return (
        event.type == e.INTERVIEWED
        and event.facts.get("appropriate_adult_present") is False
        and policy.is_child(event)
    )


def arrivals(custody: Iterable[Event]) -> Iterator[Closure]:
    """Find when appropriate adults arrived, as any event of a custody states it."""
    for event in custody:
        arrived_at = event.part("appropriate_adult").get("arrived_at")
        if isinstance(arrived_at, str):
            yield moment(arrived_at), event


def _present(custody: Iterable[Event]) -> Iterator[Closure]:
    for event in custody:
        if event.type == e.INTERVIEWED and event.facts.get("appropriate_adult_present") is True:
            yield event.time, event


def _releases(custody: Iterable[Event]) -> Iterator[Closure]:
    for event in custody:
        released_at = event.ref("released_at")
        if released_at is not None:
            yield moment(released_at), event
