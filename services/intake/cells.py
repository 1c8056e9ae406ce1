"""What did somebody mean by what stands in a cell? Purely; what cannot be told is a fault.

Dates are read day first, as in Britain; a time without an offset is Europe/London's, and an hour
that the clocks skip or repeat is a fault, for it would be a guess.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final

from services.domain.moments import LONDON, stamp
from services.intake import strict_json
from services.intake.columns import Column, Kind

Cell = str | int | float | bool | date | datetime | time | None

UNKNOWN: Final = "unknown:"
"""How a cell of `information.*` says why nothing is known: `unknown: refused`."""
_TRUE: Final = frozenset({"yes", "y", "true", "1"})
_FALSE: Final = frozenset({"no", "n", "false", "0"})
_DAY: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4})-(\d{2})-(\d{2})")
_CLOCK: Final = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*(am|pm)?", re.IGNORECASE)
_OFFSET: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ].+([Zz]|[+-]\d{2}:\d{2})")
_DIVIDED: Final = re.compile(r"[;\n]")
_NOON: Final = 12


class Misread(Exception):
    """The cell says nothing that its column can hold: a code and plain words, never the value."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def is_blank(cell: Cell) -> bool:
    """Whether nothing stands there, or blanks alone."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def read(cell: Cell, column: Column) -> Any:  # noqa: ANN401 - what a field of an event may hold
    """Return what a cell that is not blank puts into an event; raises Misread."""
    if isinstance(cell, str) and strict_json.hides(cell):
        raise Misread("unsafe-character", "The text holds characters that a reader cannot see.")
    if column.several:
        parts = [part.strip() for part in _DIVIDED.split(text_of(cell)) if part.strip()]
        return list(dict.fromkeys(_known(part, column) for part in parts))
    if column.codes:
        return _known(text_of(cell), column)
    return _READERS[column.kind](cell)


def text_of(cell: Cell) -> str:
    """Write a cell as the text that it shows, without blanks around it."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return str(cell).strip()


def _known(said: str, column: Column) -> str:
    """A code as it is spelt, whatever capitals and blanks it was typed with."""
    typed = re.sub(r"[\s_-]+", "-", said.casefold())
    return next((code for code in column.codes if code.casefold() == typed), said)


def _flag(cell: Cell) -> bool:
    said = text_of(cell).casefold()
    if said in _TRUE | _FALSE:
        return said in _TRUE
    raise Misread("wrong-type", "This must be yes or no.")


def _element(cell: Cell) -> Any:  # noqa: ANN401 - a text, or why there is none
    said = text_of(cell)
    if not said.casefold().startswith(UNKNOWN):
        return said
    return {"unknown_because": re.sub(r"\s+", "-", said[len(UNKNOWN) :].strip().casefold())}


def _day(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return _day_in(text_of(cell)).isoformat()


def _moment(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return stamp(_london(cell))
    said = "" if isinstance(cell, date | time) else text_of(cell)
    if _OFFSET.fullmatch(said):
        return said.upper().replace(" ", "T")
    day, _, clock = said.replace("T", " ", 1).partition(" ")
    if isinstance(cell, date) or (_DAY.fullmatch(day) and not clock.strip()):
        raise Misread("time-missing", "The time of day is missing: 31/01/2026 14:30.")
    return stamp(_london(datetime.combine(_day_in(day), _clock_in(clock.strip()))))


def _day_in(said: str) -> date:
    found = _DAY.fullmatch(said)
    try:
        if found:
            day, month, year, *iso = found.groups()
            return date(*map(int, (year, month, day) if year else iso))
    except ValueError:
        pass
    raise Misread("invalid-date", "This is no date like 31/01/2026 or 2026-01-31.")


def _clock_in(said: str) -> time:
    found = _CLOCK.fullmatch(said)
    try:
        if found:
            hour, minute, second, half = found.groups()
            return time(_hour(int(hour), half), int(minute), int(second or 0))
    except ValueError:
        pass
    raise Misread("invalid-time", "This is no time of day like 14:30.")


def _hour(hour: int, half: str | None) -> int:
    """The hour of 24; ValueError where the half of the day contradicts it."""
    if half is None:
        return hour
    if not 1 <= hour <= _NOON:
        raise ValueError(hour)
    return hour % _NOON + (_NOON if half.casefold() == "pm" else 0)


def _london(said: datetime) -> datetime:
    """A clock's time in London as a moment."""
    first, second = (said.replace(tzinfo=LONDON, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != said:
        raise Misread("hour-skipped", "The clocks went forward over this hour: it did not exist.")
    message = "The clocks went back: this hour came twice. Add +01:00 or +00:00."
    raise Misread("hour-ambiguous", message)


_READERS: Final[Mapping[Kind, Callable[[Cell], Any]]] = {
    "text": text_of,
    "code": text_of,
    "flag": _flag,
    "element": _element,
    "day": _day,
    "moment": _moment,
}
