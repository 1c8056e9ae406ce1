"""Was it done in time? The six rules of the family `timeliness` (contract.md 3 and 3.1)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.domain import events as e
from services.domain.chronology import Folded
from services.domain.events import Event
from services.domain.moments import stamp
from services.domain.policy import AT_ONCE, Policy
from services.domain.referrals import Referral
from services.domain.rules.not_referred import referral_not_made
from services.domain.rules.rule import (
    Rule,
    Shortfall,
    by_until,
    closure,
    first_from,
)

INCIDENTS = frozenset({e.DETAINED, e.INTERVIEWED, e.EXPOSED, e.CONCERN})
REFERRALS = frozenset({e.MADE, e.RECEIVED})
DISCUSSIONS = frozenset({e.DISCUSSED})
SERVICES = frozenset({e.SERVICE_REFERRED})

REFERRAL_CLOSES = (e.MADE, e.NOT_REFERRED)
DECISION_CLOSES = (e.DECIDED, e.WITHDRAWN)
TELLING_CLOSES = (e.TOLD, e.WITHDRAWN)
ASSESSMENT_CLOSES = (e.ASSESSMENT_COMPLETED, e.CLOSED, e.WITHDRAWN)
CONFERENCE_CLOSES = (e.CONFERENCE_HELD, e.CLOSED, e.WITHDRAWN)
SUPPORT_CLOSES = (e.SUPPORT_STARTED, e.SERVICE_DECLINED, e.SUPPORT_ENDED)
ASSESSED = frozenset({"section-17", "section-47"})


# A decision on a referral [1 working day from received, else made].
# Closed by `referral-decided`, `referral.withdrawn`; even by one timed before receipt.
def decision_overdue(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the referrals on which no decision was made in time."""
    for referral in folded.referrals.values():
        yield from _from_receipt(referral, policy, "decision_overdue", DECISION_CLOSES)


# The referrer told [1 working day, same start]. Closed by `referrer-told`, `referral.withdrawn`;
# telling before the decision counts.
def referrer_not_told(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the referrals whose sender was not told in time."""
    for referral in folded.referrals.values():
        yield from _from_receipt(referral, policy, "referrer_not_told", TELLING_CLOSES)


def _from_receipt(
    referral: Referral, policy: Policy, code: str, closes: tuple[str, ...]
) -> Iterator[Shortfall]:
    anchor, started = _anchor(referral, policy), referral.started
    if anchor is None or started is None:
        return
    agency = _holder(referral, policy, anchor)
    clock = policy.deadline(f"timeliness.{code}.limit", started.time, anchor, agency)
    yield Shortfall(
        judged=("referral_ref", referral.ref),
        anchor=anchor,
        agency=agency,
        opens_at=clock.at,
        forgives=clock.forgives,
        closed=closure(referral.closers(closes)),
        code=code,
        referral_ref=referral.ref,
        visible_to=tuple(sender for sender in referral.senders if sender != agency),
        behind=(started,),
        params={"from": _started_by(started)},
        clock=clock,
    )


# Where decided section 17 or 47: assessment completed [45 working days from received].
# Once any decision is section 17 or 47 it stays owed; it opens at the later of the deadline and
# that decision. Closed by `assessment-completed`, `case-closed`. With neither received nor made
# nothing is owed.
def assessment_overdue(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the assessments that were decided on and not completed in time."""
    for referral in folded.referrals.values():
        decision = _assessment_decided(referral, policy)
        anchor, started = _anchor(referral, policy), referral.started
        if decision is None or anchor is None or started is None:
            continue
        agency, limit = _holder(referral, policy, anchor), "timeliness.assessment_overdue.limit"
        clock = policy.deadline(limit, started.time, anchor, agency)
        yield Shortfall(
            judged=("referral_ref", referral.ref),
            anchor=anchor,
            agency=agency,
            opens_at=max(clock.at, decision.time),
            forgives=clock.forgives if decision.time <= clock.at else AT_ONCE,
            closed=closure(referral.closers(ASSESSMENT_CLOSES)),
            code="assessment_overdue",
            referral_ref=referral.ref,
            behind=(started, decision),
            params={
                "from": _started_by(started),
                "decision": decision.facts["decision"],
                "decided_at": stamp(decision.time),
            },
            clock=clock,
        )


# Where a strategy discussion leads to section 47: conference [15 working days from it].
# One per `referral_ref`, or per discussion without one; closers are at or after the discussion and
# match the ref, or either side lacks it.
def conference_overdue(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the child protection conferences that were due and not held in time."""
    ends = Ends.of(folded)
    owed: set[str] = set()
    for discussion in folded.of_type(e.DISCUSSED):
        ref = discussion.ref("referral_ref")
        leads_on = discussion.facts.get("leads_to") == "section-47"
        if leads_on and ref not in owed and policy.is_child(discussion):
            owed |= {ref} if ref else set()
            referral = folded.referrals[ref] if ref else None
            yield _conference(discussion, referral, ends.of_discussion(ref), policy)


def _conference(
    discussion: Event, referral: Referral | None, ends: Iterable[list[Event]], policy: Policy
) -> Shortfall:
    at = discussion.time
    agency = _holder(referral, policy, discussion)
    clock = policy.deadline("timeliness.conference_overdue.limit", at, discussion, agency)
    done = [event for among in ends for event in first_from(at, among)]
    return Shortfall(
        judged=("referral_ref", referral.ref) if referral else ("event", "|".join(discussion.key)),
        anchor=discussion,
        agency=agency,
        opens_at=clock.at,
        forgives=clock.forgives,
        closed=closure([*done, *(referral.of_type(e.WITHDRAWN) if referral else [])]),
        code="conference_overdue",
        referral_ref=referral.ref if referral else None,
        clock=clock,
    )


@dataclass(frozen=True, slots=True)
class Ends:
    """Conferences and closures, all of them and by their referral_ref, in `by_until` order."""

    every: list[Event]
    by_ref: dict[str | None, list[Event]]

    @classmethod
    def of(cls, folded: Folded) -> "Ends":
        """Read a child's conferences and closures, once."""
        every = [*folded.of_type(e.CONFERENCE_HELD), *folded.of_type(e.CLOSED)]
        by_ref: dict[str | None, list[Event]] = {}
        for event in every:
            by_ref.setdefault(event.ref("referral_ref"), []).append(event)
        return cls(by_until(every), {ref: by_until(ends) for ref, ends in by_ref.items()})

    def of_discussion(self, ref: str | None) -> list[list[Event]]:
        """Choose what may close: the ref matches, or either side lacks it."""
        if ref is None:
            return [self.every]
        return [self.by_ref.get(ref, []), self.by_ref.get(None, [])]


# After `service.referral-made` of kind therapeutic: support started [28 days].
# Closed by `support-started`, `referral-declined`, `support-ended`.
def support_not_started(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the therapeutic services that a child was referred to and that did not start in time."""
    for ref in folded.refs("service_ref"):
        events = folded.carrying("service_ref", ref)
        anchor = next((event for event in events if _therapeutic(event, policy)), None)
        if anchor is None:
            continue
        clock = policy.deadline("timeliness.support_not_started.limit", anchor.time, anchor)
        yield Shortfall(
            judged=("service_ref", ref),
            anchor=anchor,
            agency=anchor.agency,
            opens_at=clock.at,
            forgives=clock.forgives,
            closed=closure(event for event in events if event.type in SUPPORT_CLOSES),
            code="support_not_started",
            clock=clock,
        )


def _therapeutic(event: Event, policy: Policy) -> bool:
    return (
        event.type == e.SERVICE_REFERRED
        and event.facts.get("kind") == "therapeutic"
        and policy.is_child(event)
    )


def _anchor(referral: Referral, policy: Policy) -> Event | None:
    """Find the first made of a child, or the first received while no made is known."""
    started = (*referral.of_type(e.MADE), *referral.of_type(e.RECEIVED))
    return next((event for event in started if policy.is_child(event)), None)


def _holder(referral: Referral | None, policy: Policy, anchor: Event) -> str:
    """Find who owes it: social care of the area it was sent to, else who received or held it."""
    if referral is None:
        return anchor.agency
    holder = policy.registry.social_care_of(referral.area) if referral.area else None
    received = referral.of_type(e.RECEIVED)
    return holder or (received[0].agency if received else anchor.agency)


def _assessment_decided(referral: Referral, policy: Policy) -> Event | None:
    """Find the first decision that owes an assessment; one at 18 or over opens nothing."""
    return next(
        (
            event
            for event in referral.of_type(e.DECIDED)
            if event.facts.get("decision") in ASSESSED and policy.is_child(event)
        ),
        None,
    )


def _started_by(started: Event) -> str:
    return "received" if started.type == e.RECEIVED else "made"


RULES = (
    Rule(
        "timeliness.referral_not_made", "1", "gap", 1, REFERRAL_CLOSES, INCIDENTS, referral_not_made
    ),
    Rule(
        "timeliness.decision_overdue", "1", "gap", 1, DECISION_CLOSES, REFERRALS, decision_overdue
    ),
    Rule(
        "timeliness.referrer_not_told", "1", "gap", 1, TELLING_CLOSES, REFERRALS, referrer_not_told
    ),
    Rule(
        "timeliness.assessment_overdue",
        "1",
        "gap",
        1,
        ASSESSMENT_CLOSES,
        REFERRALS,
        assessment_overdue,
    ),
    Rule(
        "timeliness.conference_overdue",
        "1",
        "gap",
        1,
        CONFERENCE_CLOSES,
        DISCUSSIONS,
        conference_overdue,
    ),
    Rule(
        "timeliness.support_not_started",
        "themes",
        "gap",
        1,
        SUPPORT_CLOSES,
        SERVICES,
        support_not_started,
    ),
)
