"""Did somebody else look at it? The rules of the family `oversight` (contract.md 3 and 3.1)."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.domain import events as e
from services.domain.chronology import NO_REFERRAL, Folded
from services.domain.events import Event
from services.domain.incidents import Ref
from services.domain.policy import Policy
from services.domain.rules.rule import (
    Closure,
    Rule,
    Shortfall,
    by_until,
    closure,
    earliest,
    follower,
)

WORKED = frozenset({e.DETAINED, e.INTERVIEWED, e.MADE, e.NOT_REFERRED})
REVIEWS = frozenset({e.REVIEWED})

REVIEW_CLOSES = (e.REVIEWED, e.WITHDRAWN)
MENDING_CLOSES = (e.AMENDED, e.MADE, e.REVIEWED, e.WITHDRAWN)

REFERRAL = "referral"
WORK: Mapping[str, tuple[str, frozenset[str]]] = {
    "custody": ("custody_ref", frozenset({e.DETAINED})),
    "interview": ("interview_ref", frozenset({e.INTERVIEWED})),
    "incident": ("incident_ref", frozenset({e.EXPOSED, e.MISSING, e.FOUND, e.SEARCHED})),
    REFERRAL: ("referral_ref", frozenset({e.MADE, e.AMENDED})),
    NO_REFERRAL: (NO_REFERRAL, frozenset({e.NOT_REFERRED})),
}
"""By the kind of work that is reviewed: the kind of its ref, and the types of its events."""


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work that a review may be of: its events and the reviews, each in order."""

    kind: str
    ref: str
    events: tuple[Event, ...]
    reviews: tuple[Event, ...]
    withdrawn: Closure | None

    @property
    def judged(self) -> Ref:
        """What an obligation about this work is keyed by."""
        return (WORK[self.kind][0], self.ref)

    @property
    def referral_ref(self) -> str | None:
        """The ref of the referral, where the work is one."""
        return self.ref if self.kind == REFERRAL else None

    @property
    def doers(self) -> frozenset[str]:
        """Everybody who had a hand in it."""
        return frozenset(event.staff for event in self.events if event.staff is not None)

    @property
    def done(self) -> Event | None:
        """The work itself: its first event, of a referral its making; None if it was never seen."""
        made = [event for event in self.events if event.type != e.AMENDED]
        return next(iter(made or self.events), None)

    def reviews_of(self, work: Event | None) -> list[Event]:
        """The reviews that count: those at or after the work, where it was seen."""
        return [review for review in self.reviews if work is None or review.until >= work.time]


def works_of(folded: Folded) -> list[Work]:
    """Every piece of work of a kind that is reviewed, and every one that somebody reviewed."""
    reviews: dict[tuple[str, str], list[Event]] = {}
    for review in folded.of_type(e.REVIEWED):
        of = review.part("of")
        if of.get("kind") in WORK:
            reviews.setdefault((of["kind"], str(of.get("ref"))), []).append(review)
    known = [(kind, ref) for kind, (of_kind, _) in WORK.items() for ref in folded.refs(of_kind)]
    return [
        _work(folded, kind, ref, reviews.get((kind, ref), []))
        for kind, ref in dict.fromkeys([*known, *reviews])
    ]


def _work(folded: Folded, kind: str, ref: str, reviews: list[Event]) -> Work:
    of_kind, types = WORK[kind]
    events = tuple(event for event in folded.carrying(of_kind, ref) if event.type in types)
    referral = folded.referrals.get(ref) if kind == REFERRAL else None
    withdrawn = closure(referral.of_type(e.WITHDRAWN)) if referral else None
    return Work(kind, ref, events, tuple(reviews), withdrawn)


# A review of each detention, suspect interview, police referral and no-referral decision [24 h].
# A police referral is a `referral.made` whose source agency ends in `-police`; a no-referral
# decision is owed its review under each ref that it names, and a second one on the same ref starts
# no new clock.
# Closed by `oversight.reviewed` of that kind and ref, at or after the work, by someone other than
# who did it; a referral's also by `referral.withdrawn`.
def not_reviewed(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the work that nobody else looked at in time."""
    for work in folded.once(works_of):
        owing = (each for each in work.events if _owes_review(each) and policy.is_child(each))
        anchor = next(owing, None)
        if anchor is None:
            continue
        clock = policy.deadline("oversight.not_reviewed.limit", anchor.time, anchor)
        by_others = (each for each in work.reviews_of(anchor) if each.staff not in work.doers)
        yield Shortfall(
            judged=work.judged,
            anchor=anchor,
            agency=anchor.agency,
            opens_at=clock.at,
            forgives=clock.forgives,
            closed=earliest([closure(by_others), work.withdrawn]),
            code="not_reviewed",
            referral_ref=work.referral_ref,
            params={"work": work.kind},
            clock=clock,
        )


def _owes_review(event: Event) -> bool:
    if event.type == e.INTERVIEWED:
        return event.facts.get("involvement") == "suspect"
    if event.type == e.MADE:
        return event.agency.endswith("-police")
    return event.type in (e.DETAINED, e.NOT_REFERRED)


# At a review by the person who did the work: any practitioner (agency and ref) on an event of that
# kind with that ref; for `referral`, made or amended; for `no-referral`, the decision naming it.
# One per kind and ref, from the first self-review. Closed, or satisfied, by a review by another at
# any time at or after the work; a referral's also closed by `referral.withdrawn`.
def reviewed_by_same_person(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the work that only those who did it looked at."""
    for work in folded.once(works_of):
        if not work.reviews:
            continue
        reviews, doers = work.reviews_of(work.done), work.doers
        own = (each for each in reviews if each.staff in doers and policy.is_child(each))
        anchor = next(own, None)
        if anchor is None:
            continue
        yield Shortfall(
            judged=work.judged,
            anchor=anchor,
            agency=anchor.agency,
            opens_at=anchor.time,
            closed=earliest(
                [closure(each for each in reviews if each.staff not in doers), work.withdrawn]
            ),
            code="reviewed_by_same_person",
            referral_ref=work.referral_ref,
            behind=tuple(each for each in work.events if each.staff == anchor.staff)[:1],
            params={"work": work.kind},
        )


# [24 h] after a review `returned`; also of work that was never seen. A further `returned` starts a
# clock only when the earlier one has closed.
# Closed, for a referral, by an amendment of that ref, a new `referral.made`, or a later `approved`
# of it; for other kinds by any referral, or a later `approved` of it; a referral's also by
# `referral.withdrawn`.
def returned_not_mended(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the work that was sent back and not put right in time."""
    for work in folded.once(works_of):
        if any(_is(review, "returned") for review in work.reviews):
            yield from _returns(work, folded.once(Referrals.of), policy)


def _returns(work: Work, referrals: "Referrals", policy: Policy) -> Iterator[Shortfall]:
    amended = by_until(each for each in work.events if each.type == e.AMENDED)
    reviews = work.reviews_of(work.done)
    approved = by_until(each for each in reviews if _is(each, "approved"))
    last: Shortfall | None = None
    for review in reviews:
        if not _is(review, "returned") or not policy.is_child(review):
            continue
        if last is not None and (last.closed is None or last.closed[0] > review.time):
            continue
        mended = [
            follower(review.time, amended),
            referrals.after(review, work.done),
            _later(review, approved),
            work.withdrawn,
        ]
        last = _returned(work, review, earliest(mended), policy)
        yield last


@dataclass(frozen=True, slots=True)
class Referrals:
    """Every referral of the child that stands, and those that can be the first after a moment."""

    every: list[Event]
    first: list[Event]

    @classmethod
    def of(cls, folded: Folded) -> "Referrals":
        """Read a child's referrals, once."""
        every = [made for referral in folded.referrals.values() for made in referral.standing]
        return cls(every, by_until(every))

    def after(self, review: Event, reviewed: Event | None) -> Closure | None:
        """Find the first referral at or after a review that is not the one that was reviewed."""
        found = follower(review.time, self.first)
        if found is None or found[1] is not reviewed:
            return found
        others = by_until(each for each in self.every if each is not reviewed)
        return follower(review.time, others)


def _is(review: Event, outcome: str) -> bool:
    return review.facts.get("outcome") == outcome


def _later(review: Event, among: list[Event]) -> Closure | None:
    """Find the first review that came after another, as far as can be known."""
    place = bisect_right(among, review.order, key=lambda each: (each.until, *each.key))
    return closure(among[place : place + 1])


def _returned(work: Work, review: Event, closed: Closure | None, policy: Policy) -> Shortfall:
    clock = policy.deadline("oversight.returned_not_mended.limit", review.time, review)
    return Shortfall(
        judged=work.judged,
        anchor=review,
        agency=review.agency,
        opens_at=clock.at,
        forgives=clock.forgives,
        closed=closed,
        code="returned_not_mended",
        referral_ref=work.referral_ref,
        behind=() if work.done is None else (work.done,),
        params={"work": work.kind},
        clock=clock,
    )


RULES = (
    Rule("oversight.not_reviewed", "3", "gap", 1, REVIEW_CLOSES, WORKED, not_reviewed),
    Rule(
        "oversight.reviewed_by_same_person",
        "3",
        "gap",
        1,
        REVIEW_CLOSES,
        REVIEWS,
        reviewed_by_same_person,
    ),
    Rule(
        "oversight.returned_not_mended", "3", "gap", 1, MENDING_CLOSES, REVIEWS, returned_not_mended
    ),
)
