"""Which facts of a child's chronology do the measures count, and in which groups?"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Final, Literal, NamedTuple
from uuid import uuid5

from services.domain.chronology import Chronology, Folded, fold
from services.domain.equity_groups import groups_of
from services.domain.events import Event
from services.domain.gaps import NAMESPACE
from services.domain.measures.catalogue import CATALOGUE
from services.domain.measures.definition import Counted, Measure
from services.domain.moments import london_day
from services.domain.policy import Policy
from services.domain.working_days import CalendarEnds

State = Literal["met", "missed", "missing", "not-judged"]
"""`missing`: nobody would tell us. `not-judged`: the measure could not be worked out."""
UNKNOWN: Final = "Unknown"


class Fact(NamedTuple):
    """One unit of one denominator, on the day that it counts; groups are never left out."""

    unit_id: str
    measure: str
    version: int
    child_ref: str
    day: date
    state: State
    agency: str
    unit: str
    area: str
    sex: str
    ethnicity: str
    age: str
    referral_ref: str | None
    source: str
    event: str


class _Stated(NamedTuple):
    """What was last stated of the child."""

    area: str | None
    ethnicity: str | None
    sex: str | None


def facts_of(
    chronology: Chronology, policy: Policy, folded: Folded | None = None
) -> tuple[Fact, ...]:
    """Find every fact of a child; of one who was merged or erased there is none.

    `folded`: the chronology, where that was done already.
    """
    if chronology.merged_into is not None or chronology.erased or not chronology.events:
        return ()
    last = chronology.events[-1]
    try:
        folded = folded or fold(chronology, policy.registry)
    except OverflowError:
        return tuple(_not_judged(measure, chronology.child_ref, last) for measure in CATALOGUE)
    ruling = policy.of_child(folded.set_off)
    stated = _Stated(*(_last(folded.events, name) for name in _Stated._fields))
    found: list[Fact] = []
    for measure in CATALOGUE:
        try:
            found += _named(measure, folded, ruling, stated)
        except (CalendarEnds, OverflowError):
            found.append(_not_judged(measure, chronology.child_ref, last))
    return tuple(found)


def _not_judged(measure: Measure, child_ref: str, last: Event) -> Fact:
    """Say that a measure could not be worked out for a child, by the child's last event."""
    return Fact(
        unit_id=_name(measure.id, "child", child_ref),
        measure=measure.id,
        version=measure.version,
        child_ref=child_ref,
        day=london_day(last.time),
        state="not-judged",
        agency=last.agency,
        unit=UNKNOWN,
        area=UNKNOWN,
        sex=UNKNOWN,
        ethnicity=UNKNOWN,
        age=UNKNOWN,
        referral_ref=None,
        source=last.source,
        event=last.id,
    )


def _name(*parts: str) -> str:
    return str(uuid5(NAMESPACE, "".join(f"{len(part)}:{part}" for part in parts)))


def _named(measure: Measure, folded: Folded, policy: Policy, stated: _Stated) -> Iterator[Fact]:
    """Name each unit as gaps are named: late events and links keep its name."""
    counted = sorted(
        measure.find(folded, policy), key=lambda it: (it.judged, it.more, it.at, it.anchor.order)
    )
    for (judged, more), same in groupby(counted, key=attrgetter("judged", "more")):
        for ordinal, one in enumerate(same, start=1):
            record = next(iter(folded.carrying(*judged)), one.anchor).record_ref or ""
            parts = (measure.id, *judged, record, *more, *([str(ordinal)] if ordinal > 1 else []))
            yield _fact(_name(*parts), measure, one, folded.child_ref, stated)


def _fact(name: str, measure: Measure, one: Counted, child_ref: str, stated: _Stated) -> Fact:
    anchor = one.anchor
    unit = anchor.unit if anchor.agency == one.agency else None
    return Fact(
        unit_id=name,
        measure=measure.id,
        version=measure.version,
        child_ref=child_ref,
        day=london_day(one.at),
        state="missing" if one.met is None else "met" if one.met else "missed",
        agency=one.agency,
        unit=unit or UNKNOWN,
        area=stated.area or UNKNOWN,
        **groups_of(stated.ethnicity, stated.sex, anchor.age),
        referral_ref=one.referral_ref,
        source=anchor.source,
        event=anchor.id,
    )


def _last(events: Iterable[Event], name: str) -> str | None:
    """What was last stated of the child."""
    stated = (event.part("child").get(name) for event in reversed(tuple(events)))
    return next((each for each in stated if isinstance(each, str)), None)
