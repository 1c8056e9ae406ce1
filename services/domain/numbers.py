"""How is a dated number or list of policy written, and what may be wrong with it?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeGuard

SENSE: Mapping[str, tuple[int, int]] = {
    "hours": (0, 24 * 366),
    "days": (0, 3_660),
    "working-days": (0, 1_000),
    "years": (1, 100),
    "months": (1, 120),
    "words": (0, 1_000),
    "incidents": (1, 100),
    "decisions": (1, 100),
    "referrals": (0, 10_000),
    "percent": (0, 100),
    "mails": (1, 1_000),
}
"""By unit: the least and the most that is no slip of the pen."""
UNITS = frozenset(SENSE)
STANDINGS = frozenset({"statute", "guidance", "local", "assumption"})


@dataclass(frozen=True, slots=True)
class Line:
    """A number from a day on (`since`, None: always), in a unit, and who says so.

    `out_of_hours`, of working days only: what starts later in the day than this (London time), or
    on no working day, counts as if it had started on the next working day. `pointer` says where the
    line is written.
    """

    value: int
    unit: str
    since: date | None
    source: str
    standing: str
    out_of_hours: time | None = None
    pointer: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list of codes or words from a day on (`since`, None: always), and who says so."""

    values: tuple[str, ...]
    since: date | None
    source: str
    standing: str
    pointer: str = field(default="", compare=False)


def lines_of(stated: object, faults: list[str]) -> dict[str, tuple[Line, ...]]:
    """Read [[numbers."..."]]; what is wrong is added to `faults`."""
    return {
        name: tuple(line_of(line, f"{pointer}/{place}") for place, line in enumerate(lines))
        for name, pointer, lines in tables("/numbers", stated, faults)
        if _sound(pointer, lines, number_faults, faults)
    }


def list_lines_of(stated: object, faults: list[str]) -> dict[str, tuple[ListLine, ...]]:
    """Read [[lists."..."]]; what is wrong is added to `faults`."""
    return {
        name: tuple(list_line_of(line, f"{pointer}/{place}") for place, line in enumerate(lines))
        for name, pointer, lines in tables("/lists", stated, faults)
        if _sound(pointer, lines, list_faults, faults)
    }


def line_of(line: Mapping[str, Any], pointer: str) -> Line:
    """Read one line of a number; it must be without faults."""
    return Line(
        line["value"],
        line["unit"],
        line.get("since"),
        line["source"],
        line["standing"],
        line.get("out_of_hours"),
        pointer,
    )


def list_line_of(line: Mapping[str, Any], pointer: str) -> ListLine:
    """Read one line of a list; it must be without faults."""
    return ListLine(
        tuple(line["values"]), line.get("since"), line["source"], line["standing"], pointer
    )


def is_day(stated: object) -> bool:
    """Whether this is a day and not a moment."""
    return isinstance(stated, date) and not isinstance(stated, datetime)


def is_text(stated: object) -> bool:
    """Whether this is a text that says something."""
    return isinstance(stated, str) and bool(stated.strip())


def tables(
    pointer: str, stated: object, faults: list[str]
) -> list[tuple[str, str, list[Mapping[str, Any]]]]:
    """Return name, pointer and lines of every table that has lines; others go to `faults`."""
    if not isinstance(stated, Mapping):
        faults.append(f"{pointer}: not a table")
        return []
    faults += [f"{pointer}/{name}: no lines" for name, lines in stated.items() if not _lines(lines)]
    return [(name, f"{pointer}/{name}", lines) for name, lines in stated.items() if _lines(lines)]


def _lines(stated: object) -> bool:
    return (
        isinstance(stated, list)
        and bool(stated)
        and all(isinstance(line, Mapping) for line in stated)
    )


def _sound(
    pointer: str, lines: list[Any], own: Callable[[Mapping[str, Any]], list[str]], faults: list[str]
) -> bool:
    found = [
        f"{pointer}/{place}/{fault}"
        for place, line in enumerate(lines)
        for fault in [*own(line), *_default_faults(lines, place)]
    ]
    faults += found
    return not found


def number_faults(line: Mapping[str, Any]) -> list[str]:
    """Say what is wrong with a line of a number, but for its date."""
    value, unit = line.get("value"), str(line.get("unit"))
    faults = [] if _whole(value) else ["value: not a whole number"]
    if unit not in UNITS:
        faults.append("unit: unknown")
    elif _whole(value) and not SENSE[unit][0] <= value <= SENSE[unit][1]:
        faults.append("value: out of sense")
    return [*faults, *_hours_faults(line), *_shared_faults(line, {"value", "unit", "out_of_hours"})]


def list_faults(line: Mapping[str, Any]) -> list[str]:
    """Say what is wrong with a line of a list, but for its date."""
    values = line.get("values")
    texts = isinstance(values, list) and all(is_text(value) for value in values)
    return [*([] if texts else ["values: not texts"]), *_shared_faults(line, {"values"})]


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _hours_faults(line: Mapping[str, Any]) -> list[str]:
    if "out_of_hours" not in line:
        return []
    faults = [] if line.get("unit") == "working-days" else ["out_of_hours: only of working-days"]
    told = line["out_of_hours"]
    return faults + ([] if isinstance(told, time) else ["out_of_hours: not a time of day"])


def _shared_faults(line: Mapping[str, Any], own: set[str]) -> list[str]:
    faults = [] if is_text(line.get("source")) else ["source: missing"]
    faults += [] if str(line.get("standing")) in STANDINGS else ["standing: unknown"]
    known = own | {"for", "since", "source", "standing"}
    return faults + [f"{key}: unknown" for key in line if key not in known]


def _default_faults(lines: list[Any], place: int) -> list[str]:
    """Say what only a line of the default may not state: it holds for all."""
    bound = ["for: only in a local pack"] if "for" in lines[place] else []
    return [*bound, *_since_faults(lines, place)]


def _since_faults(lines: list[Any], place: int) -> list[str]:
    """The first line holds from ever; each later one from a day after the one before."""
    since = lines[place].get("since")
    if place == 0:
        return [] if since is None else ["since: the first line holds from ever"]
    if not is_day(since):
        return ["since: not a day"]
    before = lines[place - 1].get("since")
    return ["since: not after the line before"] if is_day(before) and since <= before else []
