"""Was harm that adds up seen? The rules of the family `cumulative_harm` (contract.md 3 and 3.1)."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime

from services.domain import events as e
from services.domain.chronology import Folded
from services.domain.events import Event
from services.domain.incidents import Incident
from services.domain.policy import Policy
from services.domain.rules.rule import (
    Closure,
    Rule,
    Shortfall,
    by_until,
    follower,
)

RECOGNITION_CLOSES = (e.MADE, e.AMENDED, e.DISCUSSED)
DECISION_CLOSES = (e.DECIDED,)
NO_FURTHER_ACTION = "no-further-action"


# [24 h] after the [3rd] distinct incident of any grade, any agency, within [90 days]; owed again at
# any incident that is the 3rd or later within the 90 x 24 h ending with it (both ends included), if
# no earlier one is still unclosed then; recognition does not reset the count.
# Closed by a `referral.made` or `.amended` at or after that incident with
# `previous_incidents_considered` true, stated in that event's own data; a strategy discussion at or
# after it.
def not_recognised(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the incidents at which harm had added up, and whether anybody said so in time."""
    incidents = folded.incidents(policy.is_child)
    times = [incident.first.time for incident in incidents]
    last: Shortfall | None = None
    for place, incident in enumerate(incidents):
        at = incident.first.time
        if last is not None and not _met(last.closed, at):
            continue
        within = policy.span("cumulative_harm.not_recognised.within", incident.first)
        start = bisect_left(times, at - within)
        needed = policy.number("cumulative_harm.not_recognised.incidents", incident.first).value
        if place + 1 - start >= needed:
            answer = follower(at, folded.once(_recognitions))
            last = _unrecognised(incident, answer, place + 1 - start, policy)
            yield last._replace(behind=tuple(each.first for each in incidents[start:place]))


def _recognitions(folded: Folded) -> list[Event]:
    """Find what recognises that harm has added up, in `by_until` order."""
    said = (event for referral in folded.referrals.values() for event in referral.counting)
    considered = (event for event in said if _considers(event))
    return by_until([*folded.of_type(e.DISCUSSED), *considered])


def _considers(event: Event) -> bool:
    return event.part("history").get("previous_incidents_considered") is True


def _unrecognised(
    incident: Incident, closed: Closure | None, found: int, policy: Policy
) -> Shortfall:
    anchor = incident.first
    clock = policy.deadline("cumulative_harm.not_recognised.limit", anchor.time, anchor)
    within = policy.number("cumulative_harm.not_recognised.within", anchor)
    return Shortfall(
        judged=incident.name,
        anchor=anchor,
        agency=anchor.agency,
        opens_at=clock.at,
        forgives=clock.forgives,
        closed=closed,
        code="not_recognised",
        params={"incidents": found, "within": within.value, "within_unit": within.unit},
        clock=clock,
    )


def _met(closed: Closure | None, at: datetime) -> bool:
    """Whether what was owed had been done by a moment."""
    return closed is not None and closed[0] <= at


# Query: at an incident after [2] no-further-action decisions within [365 days]: distinct
# `referral_ref`s, each decided no further action strictly before the incident and within the window
# (both ends included); one query at a time.
# Closed by the first decision other than no further action at or after the incident.
def repeated_no_further_action(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the incidents after doors were closed on the child again and again."""
    decided = folded.of_type(e.DECIDED)
    closed_doors = [each for each in decided if _no_further_action(each) and policy.is_child(each)]
    if not closed_doors:
        return
    others = by_until(each for each in decided if not _no_further_action(each))
    latest: dict[str, Event] = {}
    passed = 0
    last: Shortfall | None = None
    for incident in folded.incidents(policy.is_child):
        at = incident.first.time
        while passed < len(closed_doors) and closed_doors[passed].time < at:
            _pass(closed_doors[passed], latest)
            passed += 1
        if last is None or _met(last.closed, at):
            doors = _doors(latest, incident.first, policy)
            if doors:
                last = _closed_again(incident, doors, follower(at, others), policy)
                yield last


def _no_further_action(decision: Event) -> bool:
    return decision.facts.get("decision") == NO_FURTHER_ACTION


def _pass(decision: Event, latest: dict[str, Event]) -> None:
    """Note the latest decision on each referral, the newest last."""
    ref = decision.ref("referral_ref") or ""
    latest.pop(ref, None)
    latest[ref] = decision


def _doors(latest: dict[str, Event], anchor: Event, policy: Policy) -> tuple[Event, ...]:
    """Find the newest decisions that make a query, in order; none where there are too few."""
    needed = policy.number("cumulative_harm.repeated_no_further_action.decisions", anchor).value
    within = policy.span("cumulative_harm.repeated_no_further_action.within", anchor)
    since = anchor.time - within
    newest = [each for each, _ in zip(reversed(latest.values()), range(needed), strict=False)]
    enough = len(newest) == needed and all(each.time >= since for each in newest)
    return tuple(reversed(newest)) if enough else ()


def _closed_again(
    incident: Incident, doors: tuple[Event, ...], closed: Closure | None, policy: Policy
) -> Shortfall:
    anchor = incident.first
    within = policy.number("cumulative_harm.repeated_no_further_action.within", anchor)
    return Shortfall(
        judged=incident.name,
        anchor=anchor,
        agency=anchor.agency,
        opens_at=anchor.time,
        closed=closed,
        code="repeated_no_further_action",
        behind=doors,
        params={"decisions": len(doors), "within": within.value, "within_unit": within.unit},
    )


RULES = (
    Rule(
        "cumulative_harm.not_recognised",
        "1",
        "gap",
        1,
        RECOGNITION_CLOSES,
        e.INCIDENT_TYPES,
        not_recognised,
    ),
    Rule(
        "cumulative_harm.repeated_no_further_action",
        "1",
        "query",
        1,
        DECISION_CLOSES,
        e.INCIDENT_TYPES,
        repeated_no_further_action,
    ),
)
