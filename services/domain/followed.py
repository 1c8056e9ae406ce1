"""What became of a referral, for who sent it and for who received it?"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal

from services.domain.chronology import Folded
from services.domain.events import AMENDED, DECIDED, MADE, RECEIVED, TOLD, WITHDRAWN, Event
from services.domain.explain_chain import clock
from services.domain.gaps import Why
from services.domain.moments import stamp
from services.domain.policy import Policy
from services.domain.referrals import Referral
from services.domain.rules.described import RULES, line_of
from services.domain.rules.rule import Shortfall
from services.domain.working_days import CalendarEnds

Party = Literal["sender", "recipient"]

_CLOCKS: Final[dict[Party, tuple[str, ...]]] = {
    "sender": ("timeliness.decision_overdue", "timeliness.referrer_not_told"),
    "recipient": (
        "timeliness.decision_overdue",
        "timeliness.referrer_not_told",
        "timeliness.assessment_overdue",
    ),
}
"""Which clocks a party is shown: decision and feedback are the sender's matter, the rest is not."""


def party(referral: Referral, agency: str) -> Party | None:
    """Say as what an agency may follow a referral: only who made it first, or has received it.

    To have said anything else of a ref is no right to it: a ref can be guessed.
    """
    if agency in referral.senders:
        return "sender"
    received = referral.of_type(RECEIVED)
    return "recipient" if any(event.agency == agency for event in received) else None


def state_of(referral: Referral) -> str:
    """Say how far a referral has come, in one word.

    Told counts from the decision on: an acknowledgement before it leaves the decision awaited. A
    withdrawal after a decision does not undo it.
    """
    if referral.void is not None:
        return "withdrawn"
    decided = referral.of_type(DECIDED)
    if decided:
        told = any(event.until >= decided[0].time for event in referral.of_type(TOLD))
        return "told" if told else "decided"
    return "received" if referral.of_type(RECEIVED) else "made"


def followed(
    folded: Folded, ref: str, party: Party, policy: Policy, now: datetime
) -> dict[str, Any]:
    """Tell what is known of a referral; agencies by their code, times as stamps.

    The last stated decision is `decision`; the first of `decisions` is what stopped the clock.
    """
    referral = folded.referrals[ref]
    decisions = [
        {"decision": event.ref("decision"), "agency": event.agency, "at": stamp(event.time)}
        for event in referral.of_type(DECIDED)
    ]
    return {
        "state": state_of(referral),
        "made_at": _first(referral.of_type(MADE)),
        "received_at": _first(referral.of_type(RECEIVED)),
        "decided_at": _first(referral.of_type(DECIDED)),
        "told_at": _first(referral.of_type(TOLD)),
        "withdrawn_at": _first(referral.of_type(WITHDRAWN)),
        "received_by": _by(referral.of_type(RECEIVED)),
        "decision": decisions[-1] if decisions else None,
        "decisions": decisions,
        "feedback": [
            {"means": event.ref("means"), "agency": event.agency, "at": stamp(event.time)}
            for event in referral.of_type(TOLD)
        ],
        "amendments": [{"at": stamp(event.time)} for event in referral.of_type(AMENDED)],
        "clocks": clocks(folded, ref, party, policy, now),
    }


def clocks(
    folded: Folded, ref: str, party: Party, policy: Policy, now: datetime
) -> list[dict[str, Any]]:
    """Work out every clock that runs, ran or has stopped, met ones included.

    One that cannot be worked out, because the calendar does not reach so far, says so.
    """
    alone = replace(folded, events=tuple(folded.carrying("referral_ref", ref)))
    ruling = policy.of_child(folded.set_off)
    found = (_clock(rule, alone, ruling, now) for rule in _CLOCKS[party])
    return [each for each in found if each is not None]


def _clock(rule: str, alone: Folded, policy: Policy, now: datetime) -> dict[str, Any] | None:
    try:
        owed = next(RULES[rule].judge(alone, policy), None)
    except CalendarEnds:
        return {"rule": rule, "not_clocked": "calendar-ends"}
    except OverflowError:
        return {"rule": rule, "not_clocked": "time-out-of-range"}
    return None if owed is None else {"rule": rule} | _worked_out(rule, owed, policy, now)


def _worked_out(rule: str, owed: Shortfall, policy: Policy, now: datetime) -> dict[str, Any]:
    met_at, met_by = owed.closed or (None, None)
    told = owed.told
    line = policy.line(str(told["line"]))
    return {
        "agency": owed.agency,
        **(clock(Why(owed.code, told)) or {}),
        "owed_from": stamp(owed.opens_at),
        "policy": None if line is None else {"name": f"{rule}.limit"} | line_of(line),
        "met_at": None if met_at is None else stamp(met_at),
        "met_by": None if met_by is None else met_by.type,
        "result": _result(owed, now),
        "observed": policy.observed(owed.anchor, owed.agency, RULES[rule].closing),
        "age_unknown": owed.anchor.age is None,
    }


def _result(owed: Shortfall, now: datetime) -> str:
    """Say how a clock stands: running, overdue, met, met-late, or ended by the withdrawal."""
    if owed.closed is None:
        return "running" if now < owed.opens_at else "overdue"
    if owed.closed[1].type == WITHDRAWN:
        return "withdrawn"
    return "met-late" if owed.exists else "met"


def _first(events: Iterable[Event]) -> str | None:
    return next((stamp(event.time) for event in events), None)


def _by(events: Iterable[Event]) -> list[dict[str, str]]:
    return [{"agency": event.agency, "at": stamp(event.time)} for event in events]
