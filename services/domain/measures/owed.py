"""Which obligations of a rule fell due, and were they met? What a rule yields, counted."""

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Final

from services.domain import events as e
from services.domain.chronology import Folded
from services.domain.measures.definition import Counted, Find
from services.domain.policy import Policy
from services.domain.rules.rule import Rule, Shortfall

DUE: Final = "on which it fell due"

Holds = Callable[[Shortfall], bool]


def every(_: Shortfall) -> bool:
    """Count every obligation of the rule."""
    return True


def in_time(rule: Rule, holds: Holds = every, by: Collection[str] | None = None) -> Find:
    """Count what a rule says is owed: met where no gap exists.

    Args:
        rule: must yield what was met in time as well.
        holds: which of its obligations are counted.
        by: the types of event that meet it; None: any that close the rule's gaps.

    """
    return partial(_in_time, rule=rule, holds=holds, by=by)


def _in_time(
    folded: Folded, policy: Policy, *, rule: Rule, holds: Holds, by: Collection[str] | None
) -> Iterable[Counted]:
    for found in rule.found(folded, policy):
        if not holds(found) or _ended(found):
            continue
        told = policy.observed(found.anchor, found.agency, rule.closing)
        yield Counted(
            judged=found.judged,
            anchor=found.anchor,
            agency=found.agency,
            at=found.opens_at,
            met=_met(found, by) if told else None,
            more=found.more,
            referral_ref=found.referral_ref,
        )


def _ended(found: Shortfall) -> bool:
    """Whether the matter ended before it fell due, without what was owed being done."""
    if found.exists or found.closed is None:
        return False
    return found.closed[1].type == e.WITHDRAWN or found.params.get("closed_how") == "release"


def _met(found: Shortfall, by: Collection[str] | None) -> bool:
    if found.exists or found.closed is None:
        return False
    return by is None or found.closed[1].type in by
