"""Which gaps does a child's chronology show?"""

from collections.abc import Iterable
from itertools import chain
from operator import attrgetter
from typing import Any

from services.domain.chronology import Chronology, Folded, fold
from services.domain.events import Event, Key
from services.domain.gaps import Gap, Why
from services.domain.naming import named
from services.domain.policy import Policy
from services.domain.rules.catalogue import FAMILIES
from services.domain.rules.rule import Rule, Shortfall
from services.domain.working_days import CalendarEnds


class CannotJudge(Exception):
    """A child cannot be judged by this policy; nothing is guessed. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def judge(family: str, chronology: Chronology, policy: Policy) -> list[Gap]:
    """Find a child's gaps by one family of rules, in the order of `Gap.order`.

    A child who was merged into another or erased has none.

    Raises:
        CannotJudge: the calendar does not cover a deadline, or a time is too near the first or the
            last year that there is to be counted from.
        KeyError: there is no such family.

    """
    found = judge_by_each((family,), chronology, policy)[family]
    if isinstance(found, CannotJudge):
        raise found
    return found


def judge_by_each(
    families: Iterable[str],
    chronology: Chronology,
    policy: Policy,
    folded: Folded | None = None,
) -> dict[str, list[Gap] | CannotJudge]:
    """Find a child's gaps by several families, folding once; instead, why one cannot judge it.

    `folded`: the chronology, where that was done already.
    """
    rules = {family: FAMILIES[family] for family in families}
    if chronology.merged_into is not None or chronology.erased:
        return {family: [] for family in rules}
    try:
        folded = folded or fold(chronology, policy.registry)
    except OverflowError:
        return dict.fromkeys(rules, CannotJudge("time-out-of-range"))
    return {family: _judge_if_can(own, folded, policy) for family, own in rules.items()}


def _judge_if_can(rules: Iterable[Rule], folded: Folded, policy: Policy) -> list[Gap] | CannotJudge:
    """Find the gaps by one family's rules; instead, why they cannot judge."""
    try:
        return judge_folded(rules, folded, policy)
    except CalendarEnds:
        return CannotJudge("calendar-ends")
    except OverflowError:
        return CannotJudge("time-out-of-range")


def judge_folded(rules: Iterable[Rule], folded: Folded, policy: Policy) -> list[Gap]:
    """Find the gaps of a folded chronology by some rules, in order."""
    ruling = policy.of_child(folded.set_off)
    gaps = chain.from_iterable(_gaps(rule, folded, ruling) for rule in rules)
    return sorted(gaps, key=attrgetter("order"))


def _gaps(rule: Rule, folded: Folded, policy: Policy) -> list[Gap]:
    found = [shortfall for shortfall in rule.found(folded, policy) if shortfall.exists]
    if not found:
        return []
    return [
        _gap(name, rule, shortfall, folded.child_ref, policy)
        for name, shortfall in named(rule.name, found, attrgetter("opens_at"), folded)
    ]


def _gap(name: str, rule: Rule, found: Shortfall, child_ref: str, policy: Policy) -> Gap:
    closes_at, closed_by = found.closed or (None, None)
    return Gap(
        gap_id=name,
        rule=rule.name,
        rule_version=rule.version,
        policy_version=policy.version,
        lesson=rule.lesson,
        kind=rule.kind,
        observed=policy.observed(found.anchor, found.agency, rule.closing),
        child_ref=child_ref,
        referral_ref=found.referral_ref,
        anchor=found.anchor.key,
        agency=found.agency,
        visible_to=found.visible_to,
        unit=found.anchor.unit if found.anchor.agency == found.agency else None,
        opens_at=found.opens_at,
        closes_at=closes_at,
        why=Why(found.code, _params(found, closed_by)),
        evidence=_evidence(found, closed_by),
    )


def _params(found: Shortfall, closed_by: Event | None) -> dict[str, Any]:
    """Say what was found, beside what the rule says of the deadline."""
    return {
        **found.told,
        "closed_by": closed_by.type if closed_by else None,
        "age_unknown": found.anchor.age is None,
    }


def _evidence(found: Shortfall, closed_by: Event | None) -> tuple[Key, ...]:
    """List the anchor, the other events that made it, and the one that closed it, each once."""
    closers = () if closed_by is None else (closed_by,)
    events = (found.anchor, *found.behind, *closers)
    return tuple(dict.fromkeys(event.key for event in events))
