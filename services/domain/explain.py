"""Why is this a gap? One plain sentence, for the reader who asks."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from services.domain import events as e
from services.domain.gaps import Gap
from services.domain.moments import LONDON, moment
from services.domain.registry import Registry

ANOTHER = "another agency"

UNITS = {"hours": "hour", "days": "day", "working-days": "working day"}

CAUSES = {
    "detention": "the child's detention",
    "suspect_interview": "the child's interview as a suspect",
    "red": "an exposure or concern graded red",
    "amber": "an exposure or concern graded amber",
}

DECISIONS = {"section-17": "section 17", "section-47": "section 47"}

DEEDS = {
    e.MADE: "a referral was made",
    e.AMENDED: "an earlier referral was amended to name it",
    e.NOT_REFERRED: "it was decided not to refer",
    e.DECIDED: "the decision was made",
    e.WITHDRAWN: "the referral was withdrawn",
    e.TOLD: "the referrer was told",
    e.ASSESSMENT_COMPLETED: "the assessment was completed",
    e.CLOSED: "the case was closed",
    e.CONFERENCE_HELD: "a conference was held",
    e.SUPPORT_STARTED: "support started",
    e.SERVICE_DECLINED: "the service declined",
    e.SUPPORT_ENDED: "support ended",
}
"""What closed a gap, in words, by the event's type."""

RECEIPTS = {"received": "the referral was received", "made": "the referral was made"}

OWED: Mapping[str, tuple[str, str]] = {
    "referral_not_made": ("a referral to children's social care", "{cause}"),
    "decision_overdue": ("a decision on a referral", "{receipt}"),
    "referrer_not_told": ("word to the referrer", "{receipt}"),
    "assessment_overdue": ("the assessment that a decision of {decision} calls for", "{receipt}"),
    "conference_overdue": (
        "a child protection conference",
        "the strategy discussion that led to section 47",
    ),
    "support_not_started": ("the start of therapeutic support", "the referral to the service"),
}
"""By code: what was owed, and what its clock starts from."""

Params = Mapping[str, Any]


def sentence(
    gap: Gap,
    reader_agency: str | None,
    sees_all: bool,  # noqa: FBT001 - positional by agreement between the services
    registry: Registry,
) -> str:
    """Say what was owed, by whom and when, how that was worked out, and what was found.

    An agency is named to itself and to who sees all; to others it is "another agency". Times are
    London times. Nothing identifies a child, and no ref is repeated.
    """
    params = gap.why.params
    owed, start = (part.format_map(_words(params)) for part in OWED[gap.why.code])
    who = _agency(gap.agency, reader_agency, registry, sees_all=sees_all)
    clock = (
        f"{_limit(params)} after {start} on {_at(moment(params['started_at']))}{_skipped(params)}"
    )
    told = f"{who} owed {owed} by {_at(moment(params['due_at']))}: {clock}; {_found(gap)}"
    return told[0].upper() + told[1:] + "."


def _words(params: Params) -> dict[str, str]:
    """Put the codes among the parameters into words."""
    return {
        "cause": CAUSES.get(params.get("cause", ""), ""),
        "receipt": RECEIPTS.get(params.get("from", ""), ""),
        "decision": DECISIONS.get(params.get("decision", ""), ""),
    }


def _agency(agency: str, reader: str | None, registry: Registry, *, sees_all: bool) -> str:
    if sees_all or agency == reader:
        return registry.name_of(agency) or ANOTHER
    return ANOTHER


def _limit(params: Params) -> str:
    unit = UNITS[params["unit"]]
    return f"{params['limit']} {unit}" + ("" if params["limit"] == 1 else "s")


def _skipped(params: Params) -> str:
    named = [f"{_on(date.fromisoformat(day['on']))} ({day['name']})" for day in params["skipped"]]
    return f", not counting {_listed(named)}" if named else ""


def _found(gap: Gap) -> str:
    """Say what was found, and what the reader should know before relying on it."""
    params = gap.why.params
    told = [_late_decision(gap), _outcome(gap)]
    if not gap.observed:
        told.append("nobody reports this to us, so it may have been done")
    if params["age_unknown"]:
        told.append("the age is not known, so the person is treated as a child")
    return "; ".join(part for part in told if part)


def _late_decision(gap: Gap) -> str:
    """Say when it came to be owed, where that was after the deadline."""
    decided_at = gap.why.params.get("decided_at")
    if decided_at is None or moment(decided_at) != gap.opens_at:
        return ""
    return f"it was decided only on {_at(gap.opens_at)}"


def _outcome(gap: Gap) -> str:
    if gap.closes_at is None:
        return "none is recorded"
    return f"{DEEDS[gap.why.params['closed_by']]} on {_at(gap.closes_at)}"


def _listed(parts: list[str]) -> str:
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def _on(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def _at(at: datetime) -> str:
    london = at.astimezone(LONDON)
    return f"{_on(london.date())} {london:%H:%M}"
