"""What build.py tells of timeliness, told of equity: a sex, a review, a reason's phrases."""

from functools import partial
from typing import Any

from services.domain import events as e
from services.domain.gaps import Gap
from services.domain.judging import judge
from services.domain.policy import Policy
from tests.domain.rules.build import REFERRALS, Span, Wire, event, life, published

DONE: Wire = {"exploitation": "done"}
NOT_DONE: Wire = {"exploitation": "not-done"}
REVIEWS = "/norfolk-qa/pages"

reviewed = partial(event, e.REVIEWED, source=REVIEWS)


def gaps(rule: str, *events: Wire, by: Policy | None = None) -> list[Gap]:
    judged = judge("equity", life(events), by or published())
    return [gap for gap in judged if gap.rule == f"equity.{rule}"]


def the_gap(rule: str, *events: Wire, by: Policy | None = None) -> Gap:
    (gap,) = gaps(rule, *events, by=by)
    return gap


def spans(rule: str, *events: Wire, by: Policy | None = None) -> list[Span]:
    return [(gap.opens_at, gap.closes_at) for gap in gaps(rule, *events, by=by)]


def of_sex(told: Wire, sex: str | None) -> Wire:
    """The same event, which states the child's sex, or with None does not."""
    child = {"age": told["facts"]["child"]["age"]} | ({"sex": sex} if sex else {})
    return {**told, "facts": {**told["facts"], "child": child}}


def by_staff(told: Wire, staff: str) -> Wire:
    """The same event, handled by this practitioner."""
    person = {"staff_ref": staff, "role": "officer", "unit": None}
    return {**told, "facts": {**told["facts"], "practitioner": person}}


def worded(type_: str, at: str, staff: str = "writer", **facts: Any) -> Wire:  # noqa: ANN401 - by the schema
    """A referral made or amended; each part of a reason may be told: the codes of its phrases."""
    parts = ("why", "harm", "evidence", "ask", "voice_of_child")
    reason = {part: {"words": 20, "phrases": facts.pop(part)} for part in parts if part in facts}
    features = {"information": {}, "reason": reason}
    source, ref = facts.pop("source", REFERRALS), facts.pop("referral_ref", "R-1")
    told = event(type_, at, source, referral_ref=ref, features=features, **facts)
    return by_staff(told, staff)


written = partial(worded, e.MADE)
rewritten = partial(worded, e.AMENDED)


def approved(at: str, staff: str = "supervisor", **facts: Any) -> Wire:  # noqa: ANN401 - by the schema
    """A review of the referral R-1 that approves it, unless told."""
    said = {"of": {"kind": "referral", "ref": "R-1"}, "outcome": "approved", **facts}
    return by_staff(reviewed(at, **said), staff)
