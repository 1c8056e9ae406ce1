"""For how long is what is held kept, and when is it due to be disposed of?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from services.domain.moments import LONDON, london_day
from services.domain.numbers import Line, is_text, lines_of

MOMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "child": ("birth-date", "last-event"),
    "feed-entry": ("told-at",),
    "import-result": ("finished-at",),
    "rehearsal": ("received-at",),
}
"""By class, the moments that its times are counted from: as far as whoever disposes can tell."""
UNITS: Final = frozenset({"days", "years"})
_SAYS: Final = frozenset({"holds", "disposed"})


class RetentionFaults(ValueError):
    """The schedule cannot be used; `pointers` names every fault."""

    def __init__(self, pointers: list[str]) -> None:
        super().__init__("retention.toml: " + "; ".join(pointers))
        self.pointers = pointers


@dataclass(frozen=True, slots=True)
class Class:
    """One class: what it is, what is done with it, and by moment the dated lengths of time."""

    holds: str
    disposed: str
    times: Mapping[str, tuple[Line, ...]]

    def holding(self, moment: str, day: date) -> Line:
        """The length of time that holds on a day."""
        lines = self.times[moment]
        return next(one for one in reversed(lines) if one.since is None or one.since <= day)

    def due_before(self, now: datetime) -> dict[str, datetime]:
        """By moment: what lies before this has been kept for as long as it is to be."""
        day = london_day(now)
        return {moment: _before(now, self.holding(moment, day)) for moment in self.times}


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every class, by its name."""

    classes: Mapping[str, Class]

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> "Schedule":
        """Read retention.toml, whose header states the shape. Raises RetentionFaults."""
        faults = [f"/{name}: unknown" for name in content.keys() - {"schema", "classes", "numbers"}]
        faults += [] if content.get("schema") == 1 else ["/schema: not 1"]
        lines = lines_of(content.get("numbers"), faults)
        stated = content.get("classes")
        stated = stated if isinstance(stated, Mapping) else {}
        faults += [*_class_faults(stated), *_time_faults(content.get("numbers"), lines)]
        if faults:
            raise RetentionFaults(faults)
        return cls({name: _class(name, stated[name], lines) for name in MOMENTS})


def _class(name: str, stated: Mapping[str, Any], lines: Mapping[str, tuple[Line, ...]]) -> Class:
    times = {moment: lines[f"{name}.{moment}"] for moment in MOMENTS[name]}
    return Class(stated["holds"], stated["disposed"], times)


def _class_faults(stated: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"/classes/{name}: unknown" for name in stated.keys() - MOMENTS.keys())
    for name in MOMENTS:
        said = stated.get(name)
        if not isinstance(said, Mapping):
            yield f"/classes/{name}: missing"
            continue
        yield from (
            f"/classes/{name}/{key}: unknown" for key in said.keys() - {"holds", "disposed"}
        )
        for key in sorted(_SAYS):
            if not is_text(said.get(key)):
                yield f"/classes/{name}/{key}: not a text"


def _time_faults(stated: object, lines: Mapping[str, tuple[Line, ...]]) -> Iterator[str]:
    known = {f"{name}.{moment}" for name, moments in MOMENTS.items() for moment in moments}
    written = set(stated) if isinstance(stated, Mapping) else set()
    yield from (f"/numbers/{name}: nothing is counted by it" for name in sorted(written - known))
    yield from (f"/numbers/{name}: missing" for name in sorted(known - written))
    for name in sorted(lines.keys() & known):
        for place, line in enumerate(lines[name]):
            if line.unit not in UNITS:
                yield f"/numbers/{name}/{place}/unit: days or years"


def _before(now: datetime, line: Line) -> datetime:
    if line.unit == "days":
        return now - timedelta(days=line.value)
    return datetime.combine(_years_earlier(london_day(now), line.value), time(), LONDON).astimezone(
        UTC
    )


def _years_earlier(day: date, years: int) -> date:
    """The same date so many years earlier; of 29 February the 28th: nothing is due too early."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
