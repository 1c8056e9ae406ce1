"""How is a dated number or list of policy written, and what may be wrong with it?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

UNITS = frozenset(
    {"hours", "days", "working-days", "years", "words", "incidents", "decisions"},
)
STANDINGS = frozenset({"statute", "guidance", "local", "assumption"})


@dataclass(frozen=True, slots=True)
class Line:
    """A number from a day on (`since`, None: always), in a unit, and who says so."""

    value: int
    unit: str
    since: date | None
    source: str
    standing: str


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list of codes or words from a day on (`since`, None: always), and who says so."""

    values: tuple[str, ...]
    since: date | None
    source: str
    standing: str


def lines_of(stated: object, faults: list[str]) -> dict[str, tuple[Line, ...]]:
    """Read [[numbers."..."]]; what is wrong is added to `faults`."""
    return {
        name: tuple(
            Line(line["value"], line["unit"], line.get("since"), line["source"], line["standing"])
            for line in lines
        )
        for name, lines in _tables("/numbers", stated, faults)
        if _sound(f"/numbers/{name}", lines, _number_faults, faults)
    }


def list_lines_of(stated: object, faults: list[str]) -> dict[str, tuple[ListLine, ...]]:
    """Read [[lists."..."]]; what is wrong is added to `faults`."""
    return {
        name: tuple(
            ListLine(tuple(line["values"]), line.get("since"), line["source"], line["standing"])
            for line in lines
        )
        for name, lines in _tables("/lists", stated, faults)
        if _sound(f"/lists/{name}", lines, _list_faults, faults)
    }


def is_day(stated: object) -> bool:
    """Whether this is a day and not a moment."""
    return isinstance(stated, date) and not isinstance(stated, datetime)


def is_text(stated: object) -> bool:
    """Whether this is a text that says something."""
    return isinstance(stated, str) and bool(stated.strip())


def _tables(pointer: str, stated: object, faults: list[str]) -> list[tuple[str, list[Any]]]:
    if not isinstance(stated, Mapping):
        faults.append(f"{pointer}: not a table")
        return []
    faults += [f"{pointer}/{name}: no lines" for name, lines in stated.items() if not _lines(lines)]
    return [(name, lines) for name, lines in stated.items() if _lines(lines)]


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
        for fault in [*own(line), *_shared_faults(line), *_since_faults(lines, place)]
    ]
    faults += found
    return not found


def _number_faults(line: Mapping[str, Any]) -> list[str]:
    value = line.get("value")
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    faults = [] if whole else ["value: not a whole number"]
    return faults + ([] if line.get("unit") in UNITS else ["unit: unknown"])


def _list_faults(line: Mapping[str, Any]) -> list[str]:
    values = line.get("values")
    texts = isinstance(values, list) and all(is_text(value) for value in values)
    return [] if texts else ["values: not texts"]


def _shared_faults(line: Mapping[str, Any]) -> list[str]:
    faults = [] if is_text(line.get("source")) else ["source: missing"]
    return faults + ([] if line.get("standing") in STANDINGS else ["standing: unknown"])


def _since_faults(lines: list[Any], place: int) -> list[str]:
    """The first line holds from ever; each later one from a day after the one before."""
    since = lines[place].get("since")
    if place == 0:
        return [] if since is None else ["since: the first line holds from ever"]
    if not is_day(since):
        return ["since: not a day"]
    before = lines[place - 1].get("since")
    return ["since: not after the line before"] if is_day(before) and since <= before else []
