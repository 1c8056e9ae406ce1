"""Which facts of a child's chronology do the measures count, and in which groups?"""

from collections.abc import Iterator, Sequence
from datetime import date
from operator import attrgetter
from typing import Literal, NamedTuple

from services.domain.chronology import Chronology, Folded, fold
from services.domain.equity_groups import UNKNOWN, age_group, groups_of
from services.domain.events import Event
from services.domain.gaps import name_of
from services.domain.measures.catalogue import CATALOGUE
from services.domain.measures.definition import Measure
from services.domain.moments import london_day
from services.domain.naming import named
from services.domain.policy import Policy
from services.domain.working_days import CalendarEnds

State = Literal["met", "missed", "missing", "not-judged"]
"""`missing`: nobody would tell us. `not-judged`: the measure could not be worked out."""


class Fact(NamedTuple):
    """One unit of one denominator, on the day that it counts; groups are never left out.

    Laid out as the ledger keeps it, whose columns have these names.
    """

    child_ref: str
    unit_id: str
    measure: str
    version: int
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
    """What was last stated of the child: the area, and the groups that it is in."""

    area: str
    sex: str
    ethnicity: str

    @classmethod
    def of(cls, events: Sequence[Event]) -> "_Stated":
        groups = groups_of(_last(events, "ethnicity"), _last(events, "sex"), None)
        return cls(_last(events, "area") or UNKNOWN, groups["sex"], groups["ethnicity"])


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
    ruling, stated = policy.of_child(folded.set_off), _Stated.of(folded.events)
    found: list[Fact] = []
    for measure in CATALOGUE:
        if not folded.has(measure.anchors):
            continue
        try:
            found += _facts(measure, folded, ruling, stated)
        except (CalendarEnds, OverflowError):
            found.append(_not_judged(measure, chronology.child_ref, last))
    return tuple(found)


def _not_judged(measure: Measure, child_ref: str, last: Event) -> Fact:
    """Say that a measure could not be worked out for a child, by the child's last event."""
    return Fact(
        child_ref=child_ref,
        unit_id=name_of(measure.id, "child", child_ref),
        measure=measure.id,
        version=measure.version,
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


def _facts(measure: Measure, folded: Folded, policy: Policy, stated: _Stated) -> Iterator[Fact]:
    """Find the facts of one measure; a name is made of the measure as a gap's is of its rule."""
    child_ref, id_, version = folded.child_ref, measure.id, measure.version
    for unit_id, one in named(id_, measure.find(folded, policy), attrgetter("at"), folded):
        anchor = one.anchor
        unit = anchor.unit if anchor.agency == one.agency else None
        yield Fact(
            child_ref,
            unit_id,
            id_,
            version,
            london_day(one.at),
            "missing" if one.met is None else "met" if one.met else "missed",
            one.agency,
            unit or UNKNOWN,
            *stated,
            age_group(anchor.age),
            one.referral_ref,
            anchor.source,
            anchor.id,
        )


def _last(events: Sequence[Event], name: str) -> str | None:
    """What was last stated of the child."""
    stated = (event.part("child").get(name) for event in reversed(events))
    return next((each for each in stated if isinstance(each, str)), None)
