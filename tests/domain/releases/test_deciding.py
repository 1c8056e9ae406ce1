"""Is there always a release, and a safe one? Small and odd counties, attacked when all is out."""

from collections.abc import Mapping
from itertools import product
from typing import Final, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.measures.tally import NOTHING, Tally
from services.domain.releases.deciding import Block, Decided, decide
from services.domain.releases.grid import MONTH, By, Cell, Level
from services.domain.releases.links import families
from services.ledger.solving import Highs
from tests.domain.releases.attack import Attack, Shown
from tests.domain.releases.test_hiding import GROUPS, grid

PLACE: Final = st.fixed_dictionaries({name: st.sampled_from(own) for name, own in GROUPS.items()})
MONTHS: Final = [(month,) for month in GROUPS["month"]]
AUDITED: Final = ("audit.graded-good", "audit.graded-inadequate")
ASKED: Final = ("voice.asked-whether-it-helped", "voice.says-it-helped")
NUMBERS: Final = ("met", "missed", "units")


class Unit(NamedTuple):
    """One kind of unit: how many there are, where, and by measure whether it was met."""

    number: int
    place: Mapping[str, str]
    met: Mapping[str, bool]


OUTCOMES: Final = st.sampled_from(
    (
        {"decision.in-time": True},
        {"decision.in-time": False},
        {ASKED[0]: True, ASKED[1]: True},
        {ASKED[0]: True, ASKED[1]: False},
        {ASKED[0]: False},
        {AUDITED[0]: True, AUDITED[1]: False},
        {AUDITED[0]: False, AUDITED[1]: True},
        {AUDITED[0]: False, AUDITED[1]: False},
    )
)
NOT_JUDGED: Final = st.sampled_from(({AUDITED[0]: True}, {AUDITED[1]: True}, {ASKED[1]: True}))
"""What one measure counts, and another that counts the same could not be worked out for."""
COUNT: Final = st.sampled_from((1, 1, 2, 3, 5, 6, 7, 60))


def units(outcomes: st.SearchStrategy[dict[str, bool]]) -> st.SearchStrategy[list[Unit]]:
    return st.lists(st.builds(Unit, COUNT, PLACE, outcomes), max_size=12)


def counted(found: list[Unit], measures: tuple[str, ...]) -> dict[Cell, Tally]:
    """Count units by every table; who is nobody's has a cell by month alone."""
    counts = {Cell(measure, MONTH, month): NOTHING for measure in measures for month in MONTHS}
    for unit in found:
        for (measure, met), by in product(unit.met.items(), (MONTH, *grid().tables)):
            if measure in measures:
                cell = Cell(measure, by, tuple(unit.place[name] for name in by))
                one = Tally(unit.number, unit.number * met)
                counts[cell] = counts.get(cell, NOTHING).plus(one)
    return counts


class Release(NamedTuple):
    """All that was published of some measures in a block, one release after another."""

    cells: dict[Cell, tuple[Tally, Level]]
    tables: set[By]
    months: set[Cell]


def publish(counts: Mapping[Cell, Tally], family: int, *, at_once: bool) -> Release:
    """Publish a block of months at once, or month by month."""
    measures, links = families()[family]
    made = Release({}, set(), set())
    for last in (3,) if at_once else (1, 2, 3):
        own = {
            c: tally for c, tally in counts.items() if c.by != MONTH or c.groups in MONTHS[:last]
        }
        early = {cell: tally for cell, tally in own.items() if cell.by == MONTH}
        block = Block(grid(), measures, links, own if last == 3 else early, whole=last == 3)
        before: dict[Cell, Level] = {c: level for c, (_, level) in made.cells.items()}
        decided = decide(block, before | dict.fromkeys(made.months, "none"), Highs())
        assert not decided.cells.keys() & made.cells.keys(), "published twice"
        assert not decided.cells.keys() & made.months, "published after it was withheld"
        made.cells.update(decided.cells)
        made.tables.update(decided.tables)
        made.months.update(decided.months)
    return made


def attacked(made: Release, counts: Mapping[Cell, Tally], family: int) -> list[tuple[Shown, str]]:
    """Name every small number that is shown, or told to within less than the spread."""
    _, links = families()[family]
    shown = [_shown(cell, *each) for cell, each in made.cells.items()]
    shown += [_shown(cell, counts[cell], "none") for cell in made.months]
    tables = [by for by in grid().tables if by not in made.tables]
    true = {
        (cell.measure, cell.by, _at(cell), kind): _numbers(tally)[kind]
        for cell, tally in counts.items()
        for kind in NUMBERS[:2]
    }
    equal = [(link.one, link.other) for link in links if link.equal]
    small = [
        (one, kind)
        for one, tally in zip(shown, [t for t, _ in made.cells.values()], strict=False)
        for kind, value in _numbers(tally).items()
        if 0 < value <= grid().largest_small
    ]
    seen = [(one, kind) for one, kind in small if _is_shown(one, kind)]
    told = Attack(shown, tables, equal, true).told(small)
    return seen + [(e.cell, e.kind) for e in told if e.most - e.least < grid().spread - 1e-6]


def _shown(cell: Cell, tally: Tally, level: Level) -> Shown:
    monthly = cell.by == MONTH
    place = ((), ()) if monthly else (cell.by, cell.groups)
    units, met = None if level == "none" else tally.units, tally.met if level == "all" else None
    return Shown(
        cell.measure, _at(cell)[0] if monthly else "all", 1 if monthly else 3, *place, units, met
    )


def _at(cell: Cell) -> tuple[str, ...]:
    return cell.groups


def _is_shown(one: Shown, kind: str) -> bool:
    return (one.units if kind == "units" else one.met) is not None


def _numbers(tally: Tally) -> dict[str, int]:
    return {"met": tally.met, "missed": tally.units - tally.met, "units": tally.units}


FAMILIES: Final = [
    place
    for place, (measures, _) in enumerate(families())
    if {*measures} & {"decision.in-time", ASKED[0], AUDITED[0]}
]


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=30)
@given(found=units(OUTCOMES), at_once=st.booleans())
def test_every_county_has_a_release_that_tells_no_small_number(
    family: int, found: list[Unit], *, at_once: bool
) -> None:
    counts = counted(found, families()[family][0])
    made = publish(counts, family, at_once=at_once)
    assert attacked(made, counts, family) == []
    assert made.months == set(), "of months alone there is always enough to hide"


@pytest.mark.parametrize("family", FAMILIES[1:])
@settings(max_examples=30)
@given(found=units(OUTCOMES | NOT_JUDGED), at_once=st.booleans())
def test_who_is_not_judged_by_one_measure_of_two_stops_no_release_and_is_told_by_none(
    family: int, found: list[Unit], *, at_once: bool
) -> None:
    counts = counted(found, families()[family][0])
    made = publish(counts, family, at_once=at_once)
    assert attacked(made, counts, family) == []
    assert counts.keys() - made.cells.keys() <= {
        cell for cell in counts if cell.by in made.tables or cell in made.months
    }


def seven() -> list[Unit]:
    """Seven children of one month and agency, each of another group: nobody can be one of two."""
    at = {"month": "2026-01", "agency": "norfolk-csc", "area": "Unknown"}
    groups = [(e, s) for e in ("White", "Mixed", "Asian", "Black") for s in ("Female", "Male")][:7]
    return [
        Unit(1, at | {"ethnicity": e, "sex": s, "age": "10-13"}, {"decision.in-time": True})
        for e, s in groups
    ]


def test_a_table_in_which_nothing_can_be_hidden_is_withheld_and_the_others_are_not() -> None:
    family = FAMILIES[0]
    counts = counted(seven(), families()[family][0])
    made = publish(counts, family, at_once=False)
    assert ("ethnicity", "sex") in made.tables
    assert ("ethnicity",) in made.tables
    assert not {("agency",), ("area",), ()} & made.tables
    assert not [cell for cell in made.cells if cell.by in made.tables]
    assert made.cells[Cell("decision.in-time", ("agency",), ("norfolk-csc",))][1] == "all"
    assert attacked(made, counts, family) == []


def test_a_month_that_another_measure_gives_away_is_withheld_of_both() -> None:
    """Three answered by one measure where the other counts nobody: shown as 0, it tells them."""
    at = {name: own[0] for name, own in GROUPS.items()}
    found = [
        Unit(3, at, {AUDITED[0]: True}),
        Unit(9, at | {"month": "2026-02"}, {AUDITED[0]: False, AUDITED[1]: False}),
    ]
    family = next(place for place in FAMILIES if AUDITED[0] in families()[place][0])
    made = publish(counted(found, AUDITED), family, at_once=True)
    assert made.months == {Cell(name, MONTH, ("2026-01",)) for name in AUDITED}
    assert made.cells[Cell(AUDITED[0], MONTH, ("2026-02",))] == (Tally(9, 0), "all")
    assert made.tables == {*grid().tables, *grid().margins()}


def test_of_nobody_everything_is_shown() -> None:
    made = publish(counted([], AUDITED), FAMILIES[1], at_once=True)
    assert {level for _, level in made.cells.values()} == {"all"}
    assert (made.tables, made.months) == (set(), set())


def test_nobody_who_solves_in_no_time_is_shown_more() -> None:
    """A solver that finds nothing proves nothing: whatever has a small number is withheld."""

    class Idle:
        def farthest(self, *_: object) -> None:
            return None

    measures, links = families()[FAMILIES[0]]
    counts = counted(seven(), measures)
    small = {Cell(measures[0], MONTH, ("2026-03",)): Tally(3, 3)}
    decided: Decided = decide(
        Block(grid(), measures, links, counts | small, whole=True), {}, Idle()
    )
    assert decided.months == (Cell(measures[0], MONTH, ("2026-03",)),)
    assert set(decided.cells) == {Cell(measures[0], MONTH, month) for month in MONTHS[:2]}
