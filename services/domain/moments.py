"""How are moments and days read, written and compared?"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_ZERO = "+00:00"


def moment(text: str) -> datetime:
    """Read an RFC 3339 moment as aware UTC; ValueError (with the text) when it is none."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is UTC:
        return read
    if read.tzinfo is None:
        raise ValueError("no offset")
    return read.astimezone(UTC)


def stamp(at: datetime) -> str:
    """Write a moment as RFC 3339 in UTC with `Z`; microseconds only where there are some."""
    return at.astimezone(UTC).isoformat().removesuffix(_ZERO) + "Z"


def london_day(at: datetime) -> date:
    """The day that it is in England and Wales at this moment."""
    return at.astimezone(LONDON).date()


def in_words(at: datetime) -> str:
    """Write a moment by London's clock: 26 November 2026, 14:02.

    In the hour that comes twice when the clocks go back it says in which: 01:30 BST, 01:30 GMT.
    """
    local = at.astimezone(LONDON)
    twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    return f"{local.day} {local:%B %Y, %H:%M}" + (f" {local:%Z}" if twice else "")


def end_of_day(at: datetime) -> datetime:
    """The last moment, in UTC, of the London day of this moment."""
    return datetime.combine(london_day(at), time.max, tzinfo=LONDON).astimezone(UTC)
