"""What is each rule, and which numbers and lists does it judge by? As plain values, to be read."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from services.domain.circumstances import Circumstances
from services.domain.moments import london_day
from services.domain.numbers import Line, ListLine
from services.domain.packs import Group, most_specific
from services.domain.policy import Policy
from services.domain.rules.catalogue import CATALOGUE, FAMILIES
from services.domain.rules.rule import Rule
from services.domain.rules.sentences import SENTENCES

JUDGE_OF: Mapping[str, str] = {
    rule.name: judge for judge, rules in FAMILIES.items() for rule in rules
}
"""By a rule's name: the service that judges by it."""

RULES: Mapping[str, Rule] = {rule.name: rule for rule in CATALOGUE}


def catalogue(policy: Policy) -> dict[str, Any]:
    """Describe every rule, every line of its numbers and lists, and those that all rules share."""
    shared = [name for name in (*policy.numbers, *policy.lists) if _rule_of(name) not in RULES]
    return {
        "policy_version": policy.version,
        "rules": [
            described(rule) | {"policy": _dated(of_rule(rule.name, policy), policy)}
            for rule in CATALOGUE
        ],
        "shared": _dated(shared, policy),
    }


def described(rule: Rule) -> dict[str, Any]:
    """Describe a rule without its numbers."""
    owed, closed_by = SENTENCES[rule.name]
    return {
        "rule": rule.name,
        "version": rule.version,
        "lesson": rule.lesson,
        "kind": rule.kind,
        "judge": JUDGE_OF[rule.name],
        "owed": owed,
        "closed_by": closed_by,
        "closing": list(rule.closing),
    }


def of_rule(rule: str, policy: Policy) -> list[str]:
    """Name the numbers and lists of a rule."""
    return [name for name in (*policy.numbers, *policy.lists) if _rule_of(name) == rule]


def holding(name: str, policy: Policy, at: datetime, known: Circumstances) -> dict[str, Any]:
    """Return the line of a number or list that held at a moment, in what is known of a case."""
    day = london_day(at)
    local = most_specific(policy.local_numbers.get(name, ()), day, known) or most_specific(
        policy.local_lists.get(name, ()), day, known
    )
    lines: tuple[Line | ListLine, ...] = policy.numbers.get(name) or policy.lists[name]
    default = (line for line in reversed(lines) if line.since is None or line.since <= day)
    return {"name": name} | line_of(local or next(default))


def line_of(line: Line | ListLine) -> dict[str, Any]:
    """Return a line as it is read: what it states, since when, and who says so."""
    stated: dict[str, Any] = (
        {"value": line.value, "unit": line.unit}
        if isinstance(line, Line)
        else {"values": list(line.values)}
    )
    if isinstance(line, Line) and line.out_of_hours is not None:
        stated["out_of_hours"] = line.out_of_hours.isoformat("minutes")
    since = None if line.since is None else line.since.isoformat()
    return stated | {"since": since, "source": line.source, "standing": line.standing}


def _dated(names: Iterable[str], policy: Policy) -> list[dict[str, Any]]:
    """Return every line of these numbers and lists: the default ones, then a local pack's."""
    return [{"name": name} | line for name in names for line in _lines(name, policy)]


def _lines(name: str, policy: Policy) -> Iterator[dict[str, Any]]:
    yield from map(line_of, policy.numbers.get(name) or policy.lists[name])
    local: tuple[Group[Line] | Group[ListLine], ...] = (
        *policy.local_numbers.get(name, ()),
        *policy.local_lists.get(name, ()),
    )
    for group in local:
        yield from (line_of(line) | {"for": dict(group.bound_to)} for line in group.lines)


def _rule_of(name: str) -> str:
    """The rule that a number or list is named after."""
    return name.rpartition(".")[0]
