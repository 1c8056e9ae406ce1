"""How are codes, rules and lapses of time put into words on the desks' pages?"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from services.domain import events as e
from services.domain.disagreements import ADVANCED, RAISED, SETTLED
from services.domain.grades import GRADED

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)

EVENTS: Final[Mapping[str, str]] = {
    e.DETAINED: "Detained",
    e.INTERVIEWED: "Interviewed",
    e.EXPOSED: "Exposed to harm",
    e.MISSING: "Reported missing",
    e.FOUND: "Found",
    e.SEARCHED: "Searched",
    e.CONCERN: "Concern raised",
    e.MADE: "Referral made",
    e.AMENDED: "Referral amended",
    e.WITHDRAWN: "Referral withdrawn",
    e.NOT_REFERRED: "Decided not to refer",
    e.RECEIVED: "Referral received",
    e.DECIDED: "Referral decided",
    e.TOLD: "Referrer told",
    e.DISCUSSED: "Strategy discussion held",
    e.ASSESSMENT_COMPLETED: "Assessment completed",
    e.CONFERENCE_HELD: "Child protection conference held",
    e.CLOSED: "Case closed",
    e.SERVICE_REFERRED: "Referred to a service",
    "service.referral-accepted.v1": "Accepted by a service",
    e.SERVICE_DECLINED: "Declined by a service",
    e.SUPPORT_STARTED: "Support started",
    e.SUPPORT_ENDED: "Support ended",
    e.TRAINED: "Training completed",
    "social-care.assessment-started.v1": "Assessment started",
    "basis.recorded.v1": "Basis for sharing recorded",
    "child.restricted.v1": "Record restricted",
    "alert.acknowledged.v1": "Alert acknowledged",
    "alert.taken-in-hand.v1": "Alert taken in hand",
    "alert.resolved.v1": "Alert resolved",
    e.REVIEWED: "Reviewed",
    e.RETRACTED: "An entry taken back",
    GRADED: "Referral audited",
    RAISED: "Disagreement raised",
    ADVANCED: "Disagreement taken further",
    SETTLED: "Disagreement settled",
    "gap.answered.v1": "A gap was answered",
}
"""What happened, by the type of event."""

STATES: Final[Mapping[str, str]] = {
    "accepted": "Sent; being put on record",
    "made": "Sent; not yet received",
    "received": "Received; not yet decided",
    "decided": "Decided; you have not been told",
    "told": "Decided, and you were told",
    "withdrawn": "Withdrawn",
}
"""How a referral stands, for who made it."""

RECEIVED_STATES: Final[Mapping[str, str]] = {
    **STATES,
    "received": "To be decided",
    "decided": "Decided; the referrer has not been told",
    "told": "Decided, and the referrer was told",
}
"""How a referral stands, for who received it."""

LESSONS: Final[Mapping[str, str]] = {
    "1": "Timeliness and cumulative harm",
    "2": "Completeness",
    "3": "Oversight",
    "4": "Training",
    "themes": "Equity and support",
}
"""What each lesson is about, by its code."""

PURPOSES: Final[Mapping[str, str]] = {
    "safeguarding": "To keep this child safe",
    "referral-follow-up": "To follow up a referral",
    "supervision": "To supervise work on this child",
    "quality-assurance": "To review the quality of the work",
    "data-quality": "To put a record right",
    "complaint": "To answer a complaint",
    "subject-access": "To answer a request for a person's own data",
}
"""Why a person asks who a child is, or what was said."""


def spoken(code: str | None) -> str:
    """Write a code as words: `no-further-action` as No further action."""
    if not code:
        return "\N{EN DASH}"
    words = code.replace("-", " ").replace("_", " ")
    return words[0].upper() + words[1:]


def rule_name(rule: str) -> str:
    """Name a rule shortly: `timeliness.decision_overdue` as Decision overdue."""
    return spoken(rule.partition(".")[2] or rule)


def event_name(kind: str | None) -> str:
    """Say what an event was; of one that is held no more, that it is not."""
    if kind is None:
        return "No longer held"
    return EVENTS.get(kind) or spoken(kind.removesuffix(".v1").rpartition(".")[2])


def lasting(time: timedelta) -> str:
    """Write a length of time in its largest whole unit: 3 days, 5 hours, less than an hour."""
    if time >= _DAY:
        return _counted(time // _DAY, "day")
    if time >= _HOUR:
        return _counted(time // _HOUR, "hour")
    return "less than an hour"


def due(opens_at: datetime, now: datetime) -> str:
    """Say how far off a breach is, or how long ago it was."""
    if opens_at > now:
        return f"Due in {lasting(opens_at - now)}"
    return f"{lasting(now - opens_at).capitalize()} over"


def short(ref: str) -> str:
    """Shorten a random ref to what people can compare by eye."""
    return ref[:8]


def _counted(count: int, one: str) -> str:
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"
