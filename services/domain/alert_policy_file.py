"""Is alerts.toml as its header says? Every fault is named by pointer."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any, Final, TypeVar

from services.domain.alert_policy import (
    KINDS,
    LAST,
    TOLD,
    UNITS,
    URGENCIES,
    AlertPolicy,
    Dated,
    Delivery,
    Step,
    Urgency,
)
from services.domain.numbers import STANDINGS, Line, is_day, is_text, lines_of
from services.domain.working_days import Calendar

Entry = TypeVar("Entry")

_NUMBERS: Final[Mapping[str, Collection[str]]] = {
    "warning": ("hours", "days"),
    "settling": ("hours", "days"),
    "acknowledged_holds": ("hours", "days"),
    "in_hand_holds": ("hours", "days"),
    "resolved_holds": ("hours", "days"),
    "fresh": ("hours", "days"),
    "mails_an_hour": ("mails",),
}
_SHARED: Final = frozenset({"source", "standing", "since"})


class AlertPolicyFaults(ValueError):
    """The policy cannot be used; `pointers` names every fault."""

    def __init__(self, pointers: list[str]) -> None:
        super().__init__("alerts.toml: " + "; ".join(pointers))
        self.pointers = pointers


def read_alert_policy(
    content: Mapping[str, Any], rules: Collection[str], calendar: Calendar
) -> AlertPolicy:
    """Read alerts.toml (its header states the shape); `rules` are those there are.

    Raises:
        AlertPolicyFaults: every fault, by pointer.

    """
    faults = [
        f"/{key}: unknown"
        for key in content
        if key not in {"schema", "numbers", "ladders", "urgencies", "delivery"}
    ]
    numbers = lines_of(content.get("numbers"), faults)
    faults += _number_faults(numbers)
    ladders = {
        kind: _dated(f"/ladders/{kind}", _get(content, "ladders", kind), _ladder, faults)
        for kind in KINDS
    }
    urgencies = _dated(
        "/urgencies", content.get("urgencies"), lambda at, one: _urgency(at, one, rules), faults
    )
    deliveries = {
        urgency: _dated(
            f"/delivery/{urgency}", _get(content, "delivery", urgency), _delivery, faults
        )
        for urgency in URGENCIES
    }
    faults += [
        f"/delivery/immediate/{place}: never held"
        for place, (_, one) in enumerate(deliveries["immediate"])
        if one.quiet or one.working_days or one.gather
    ]
    if faults:
        raise AlertPolicyFaults(faults)
    return AlertPolicy(numbers, ladders, urgencies, deliveries, calendar)


def _get(content: Mapping[str, Any], table: str, key: str) -> object:
    found = content.get(table)
    return found.get(key) if isinstance(found, Mapping) else None


def _number_faults(numbers: Mapping[str, Sequence[Line]]) -> list[str]:
    return (
        [f"/numbers/{name}: missing" for name in _NUMBERS if name not in numbers]
        + [f"/numbers/{name}: unknown" for name in numbers if name not in _NUMBERS]
        + [
            f"{line.pointer}/unit: not for this number"
            for name, lines in numbers.items()
            for line in lines
            if name in _NUMBERS and line.unit not in _NUMBERS[name]
        ]
    )


def _dated(
    pointer: str,
    stated: object,
    read: Callable[[str, Mapping[str, Any]], tuple[Entry, list[str]]],
    faults: list[str],
) -> Dated[Entry]:
    """Read entries that hold from a day on; what is wrong is added to `faults`."""
    if not isinstance(stated, list) or not stated:
        faults.append(f"{pointer}: missing")
        return ()
    found: list[tuple[date | None, Entry]] = []
    for place, entry in enumerate(stated):
        at = f"{pointer}/{place}"
        if not isinstance(entry, Mapping):
            faults.append(f"{at}: not a table")
            continue
        one, wrong = read(at, entry)
        faults += [*wrong, *_standing_faults(at, entry), *_since_faults(at, stated, place)]
        found.append((entry.get("since"), one))
    return tuple(found)


def _standing_faults(at: str, entry: Mapping[str, Any]) -> list[str]:
    faults = [] if is_text(entry.get("source")) else [f"{at}/source: missing"]
    known = str(entry.get("standing")) in STANDINGS
    return faults if known else [*faults, f"{at}/standing: unknown"]


def _since_faults(at: str, stated: list[Any], place: int) -> list[str]:
    since = stated[place].get("since")
    if place == 0:
        return [] if since is None else [f"{at}/since: the first holds from ever"]
    if not is_day(since):
        return [f"{at}/since: not a day"]
    before = stated[place - 1].get("since") if isinstance(stated[place - 1], Mapping) else None
    return [f"{at}/since: not after the one before"] if is_day(before) and since <= before else []


def _unknown(at: str, entry: Mapping[str, Any], known: Collection[str]) -> list[str]:
    return [f"{at}/{key}: unknown" for key in entry if key not in known and key not in _SHARED]


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _ladder(at: str, entry: Mapping[str, Any]) -> tuple[tuple[Step, ...], list[str]]:
    """Read the steps; the last one must tell somebody who is always there."""
    faults = _unknown(at, entry, {"steps"})
    stated = entry.get("steps")
    if not isinstance(stated, list) or not stated:
        return (), [*faults, f"{at}/steps: missing"]
    steps: list[Step] = []
    for place, step in enumerate(stated):
        wrong = _step_faults(f"{at}/steps/{place}", step)
        faults += wrong
        if not wrong:
            steps.append(Step(step["after"], step["unit"], tuple(step["tell"])))
    if len(steps) == len(stated) and LAST not in steps[-1].tell:
        faults.append(f"{at}/steps/{len(steps) - 1}/tell: the last step must tell {LAST!r}")
    return tuple(steps), faults


def _step_faults(at: str, step: object) -> list[str]:
    if not isinstance(step, Mapping):
        return [f"{at}: not a table"]
    faults = [] if _whole(step.get("after")) else [f"{at}/after: not a whole number"]
    if step.get("unit") not in {*UNITS, "working-days"}:
        faults.append(f"{at}/unit: unknown")
    tell = step.get("tell")
    if not isinstance(tell, list) or not tell or any(one not in TOLD for one in tell):
        faults.append(f"{at}/tell: not of {', '.join(TOLD)}")
    return faults + [f"{at}/{key}: unknown" for key in step if key not in {"after", "unit", "tell"}]


def _urgency(
    at: str, entry: Mapping[str, Any], rules: Collection[str]
) -> tuple[Mapping[str, Urgency], list[str]]:
    found: dict[str, Urgency] = {}
    faults = _unknown(at, entry, {"immediate", "prompt"})
    for urgency in URGENCIES[:2]:
        stated = entry.get(urgency, [])
        if not isinstance(stated, list):
            faults.append(f"{at}/{urgency}: not rules")
            continue
        for rule in stated:
            if rule not in rules:
                faults.append(f"{at}/{urgency}: no such rule")
            elif rule in found:
                faults.append(f"{at}/{urgency}: named twice")
            else:
                found[rule] = urgency
    return found, faults


def _delivery(at: str, entry: Mapping[str, Any]) -> tuple[Delivery, list[str]]:
    faults = _unknown(at, entry, {"gather_minutes", "quiet_from", "quiet_to", "working_days"})
    gather, working = entry.get("gather_minutes"), entry.get("working_days", False)
    quiet = (entry.get("quiet_from"), entry.get("quiet_to"))
    if not _whole(gather):
        faults.append(f"{at}/gather_minutes: not a whole number")
    if not isinstance(working, bool):
        faults.append(f"{at}/working_days: not true or false")
    none = quiet == (None, None)
    if not none and not (all(isinstance(one, time) for one in quiet) and quiet[0] != quiet[1]):
        faults.append(f"{at}/quiet_from: not two times of day")
    if faults:
        return Delivery(timedelta(), None, working_days=False), faults
    held = None if none else quiet
    return Delivery(timedelta(minutes=gather), held, working_days=working), []  # type: ignore[arg-type]  # checked above
