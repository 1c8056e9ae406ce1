"""How are times, days and numbers written on a page? In London's time and plain English."""

from datetime import date, datetime
from typing import Final

from markupsafe import Markup

from services.domain.moments import LONDON, in_words, stamp

NONE: Final = "\N{EN DASH}"


_TIME: Final = Markup('<time datetime="{}">{}</time>')


def moment(at: datetime | None) -> str:
    """Write a moment by London's clock: 26 November 2026, 14:02."""
    return NONE if at is None else in_words(at)


def timed(at: datetime | None) -> str:
    """Write a moment as `moment` does, marked with the exact one for machines."""
    return NONE if at is None else _TIME.format(machine(at), moment(at))


def machine(at: datetime) -> str:
    """Write a moment for machines, to the second: HTML takes no finer one."""
    return stamp(at.replace(microsecond=0))


def day(on: date | None) -> str:
    """Write a day: 26 November 2026; of a moment its day in London."""
    if on is None:
        return NONE
    local = on.astimezone(LONDON) if isinstance(on, datetime) else on
    return f"{local.day} {local:%B %Y}"


def month(written: str, *, short: bool = False) -> str:
    """Write a month, 2026-03, in words: March 2026, or Mar 26."""
    first = date.fromisoformat(f"{written}-01")
    return f"{first:%b %y}" if short else f"{first:%B %Y}"


def number(value: float | None, places: int = 0) -> str:
    """Write a number with a comma for thousands; nothing known is a dash."""
    return NONE if value is None else f"{value:,.{places}f}"


def percent(share: float | None, places: int = 1) -> str:
    """Write a share as a percentage; nothing known is a dash."""
    return NONE if share is None else f"{share * 100:.{places}f}%"


def plural(count: int, one: str, more: str = "") -> str:
    """Write a count with its noun: 1 child, 2 children."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


FILTERS: Final = {
    "moment": moment,
    "timed": timed,
    "day": day,
    "month": month,
    "number": number,
    "percent": percent,
    "plural": plural,
    "rfc3339": machine,
}
