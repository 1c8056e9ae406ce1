"""Was it written down, and sent to us, in time? Apart from whether it was done in time."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from services.domain import events as e
from services.domain.chronology import Folded
from services.domain.events import Event
from services.domain.measures.definition import Counted, Measure
from services.domain.moments import moment
from services.domain.policy import Policy

_PRACTICE: Final = frozenset({*e.INCIDENT_TYPES, e.MADE, e.RECEIVED, e.DECIDED, e.TOLD})
"""Whose lateness is counted: what starts or stops the clocks of practice."""


def recorded(folded: Folded, policy: Policy) -> Iterable[Counted]:
    """Count events that say when they were written down: met within the limit of happening."""
    for event in _practice(folded, policy):
        at = _recorded_at(event)
        if at is not None:
            yield _counted(event, at, event.until, policy, "lateness.recorded.limit")


def sent(folded: Folded, policy: Policy) -> Iterable[Counted]:
    """Count events: met where we received them within the limit of being written down.

    Where that is not said, of happening.
    """
    for event in _practice(folded, policy):
        since = _recorded_at(event) or event.until
        yield _counted(event, event.received_at, since, policy, "lateness.sent.limit")


def _practice(folded: Folded, policy: Policy) -> Iterable[Event]:
    return (each for each in folded.events if each.type in _PRACTICE and policy.is_child(each))


def _counted(event: Event, at: datetime, since: datetime, policy: Policy, limit: str) -> Counted:
    allowed: timedelta = policy.span(limit, event)
    return Counted(
        judged=("event", "|".join(event.key)),
        anchor=event,
        agency=event.agency,
        at=event.time,
        met=at - since <= allowed,
        referral_ref=event.ref("referral_ref"),
    )


def _recorded_at(event: Event) -> datetime | None:
    stated = event.ref("recorded_at")
    return None if stated is None else moment(stated)


def _measure(id_: str, title: str, denominator: str, numerator: str) -> Measure:
    return Measure(
        id=f"lateness.{id_}",
        title=title,
        lesson="1",
        denominator=denominator,
        numerator=f"of these, {numerator}",
        day="on which it happened",
        direction="good",
        anchors=_PRACTICE,
        find=partial(recorded if id_ == "recorded-in-time" else sent),
        limits=("Says nothing of practice: what was done in time may have been told late.",),
    )


_EVENTS: Final = "incidents, referrals, receipts, decisions and feedback about a child"
MEASURES: Final = (
    _measure(
        "recorded-in-time",
        "Written down in time",
        f"{_EVENTS} that say when they were written down",
        "those written down within the limit of happening",
    ),
    _measure(
        "sent-in-time",
        "Sent to Referral Watch in time",
        _EVENTS,
        "those received within the limit of being written down, or of happening where that is "
        "not said",
    ),
)
"""Lateness of recording and of sending, each by itself."""
