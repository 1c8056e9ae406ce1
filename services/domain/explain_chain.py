"""How does one get from the events to the sentence about a gap, step by step?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from services.domain.events import WITHDRAWN, Key
from services.domain.explain import limit_of, start_of
from services.domain.gaps import Gap, Why
from services.domain.moments import LONDON, moment, stamp
from services.domain.policy import Policy
from services.domain.rules.described import RULES, described, holding, line_of, of_rule

OF_EVERY_RULE = ("child.age_below",)
"""The numbers that every rule judges by."""


@dataclass(frozen=True, slots=True)
class Known:
    """An event that the reader is shown; `type` and `time` are None where it is held no more."""

    key: Key
    type: str | None
    time: datetime | None


class Step(NamedTuple):
    """One link of the chain: what sort it is (event, rule, number, clock, reporting, sentence)."""

    step: str
    text: str


def clock(why: Why) -> dict[str, Any] | None:
    """Say how the deadline was worked out; None where it was owed at once."""
    params = why.params
    if "due_at" not in params:
        return None
    started_at, due_at = moment(params["started_at"]), moment(params["due_at"])
    return {
        "starts": start_of(why),
        "started_at": stamp(started_at),
        "started_in_london": in_london(started_at),
        "limit": params["limit"],
        "unit": params["unit"],
        "skipped": list(params["skipped"]),
        "due_at": stamp(due_at),
        "due_in_london": in_london(due_at),
    }


def lines(gap: Gap, policy: Policy, anchored_at: datetime) -> list[dict[str, Any]]:
    """Return the policy that a gap was judged by: each line as it held at the anchor's time.

    Of the number that set the clock it is the very line that the gap names; of others a local
    pack's line is known by agency and unit alone, which is all that a gap tells.
    Where a rule has a number for each cause, that of the gap's cause alone.
    """
    pointer = str(gap.why.params.get("line"))
    of_clock = policy.line(pointer)
    known = {"agency": gap.agency} | ({"unit": gap.unit} if gap.unit else {})
    found = [holding(name, policy, anchored_at, known) for name in _numbers_of(gap, policy)]
    if of_clock is None:
        return found
    return [
        {"name": line["name"]} | line_of(of_clock) if line["name"] in pointer.split("/") else line
        for line in found
    ]


def _numbers_of(gap: Gap, policy: Policy) -> list[str]:
    names = of_rule(gap.rule, policy)
    of_cause = f"{gap.rule}.{gap.why.params.get('cause')}"
    return [*([of_cause] if of_cause in names else names), *OF_EVERY_RULE]


def reporting(gap: Gap, policy: Policy, anchored_at: datetime) -> list[dict[str, Any]]:
    """Say of each type that would have closed the gap whether we would have been told of it."""
    return [
        {"type": each, "fed": policy.fed(gap.anchor[0], gap.agency, each, anchored_at)}
        for each in RULES[gap.rule].closing
        if each != WITHDRAWN
    ]


def chain(
    gap: Gap, told: str, known: Sequence[Known], elsewhere: int, held: Sequence[Mapping[str, Any]]
) -> list[Step]:
    """Lead from the events to the sentence `told`, by the policy lines `held`.

    `known` are the events that the reader is shown, `elsewhere` how many more there are.
    """
    return [
        *_events(known, elsewhere),
        Step("rule", _rule(gap)),
        *(Step("number", _line(line)) for line in held),
        *(Step("clock", text) for text in _clock_steps(gap, held)),
        Step("reporting", _reported(gap)),
        Step("sentence", told),
    ]


def in_london(at: datetime) -> str:
    """Write a moment as it was in London, to the second."""
    london = at.astimezone(LONDON)
    return f"{_on(london.date())} {london:%H:%M:%S}"


def _on(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def _both(at: datetime) -> str:
    return f"{in_london(at)} in London ({stamp(at)})"


def _events(known: Iterable[Known], elsewhere: int) -> Iterator[Step]:
    for one in known:
        what = "An event that is no longer held" if one.type is None else one.type
        when = "" if one.time is None else f", {_both(one.time)}"
        yield Step("event", f"{what}, from {one.key[0]}{when}.")
    if elsewhere:
        noun = "event" if elsewhere == 1 else "events"
        yield Step("event", f"{elsewhere} {noun} that other agencies sent.")


def _rule(gap: Gap) -> str:
    rule = described(RULES[gap.rule])
    return (
        f"{gap.rule}, version {gap.rule_version}: {rule['owed']}. Closed by: {rule['closed_by']}."
    )


def _line(line: Mapping[str, Any]) -> str:
    stated = ", ".join(line["values"]) if "values" in line else f"{line['value']} {line['unit']}"
    since = "from the first" if line["since"] is None else f"since {line['since']}"
    return f"{line['name']} is {stated}, {since} ({line['standing']}): {line['source']}."


def _clock_steps(gap: Gap, held: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Work the deadline out as a person would with a calendar."""
    worked = clock(gap.why)
    if worked is None:
        yield f"It is owed at once, from {_both(gap.opens_at)}."
        return
    yield f"After {worked['starts']}, {_both(moment(worked['started_at']))}, the clock runs."
    if worked["unit"] == "working-days":
        late = next((line["out_of_hours"] for line in held if "out_of_hours" in line), None)
        next_day = "" if late is None else f", or the next working day where it was after {late}"
        yield f"That day{next_day} is day 0; Saturdays and Sundays are not counted."
    yield f"The limit is {limit_of(gap)}."
    for day in worked["skipped"]:
        yield f"{_on(date.fromisoformat(day['on']))} is not counted: {day['name']}."
    due_at = moment(worked["due_at"])
    yield f"It is owed by {_both(due_at)}."
    if gap.opens_at > due_at:
        yield f"What makes it owed came later: the gap opens at {_both(gap.opens_at)}."


def _reported(gap: Gap) -> str:
    if gap.observed:
        return "What would close the gap is reported to us, so its absence was observed."
    return "Nothing that would close the gap is reported to us: it may have been done."
