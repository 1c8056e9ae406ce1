"""Is every small number safe, whoever subtracts what from what? Attacked by linear programming."""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from random import Random
from typing import Any

import pytest

from services.domain.measures.tally import NOTHING, Tally
from services.domain.releases.grid import Cell, Grid, Level, is_acyclic
from services.domain.releases.hiding import hide
from services.domain.releases.links import LINKS, families
from services.domain.releases.system import System
from services.ledger.solving import Highs
from services.runtime.contracts import read_toml
from services.runtime.settings import REPOSITORY
from tests.domain.releases.attack import Attack, Shown

GROUPS = {
    "agency": ("norfolk-csc", "norfolk-police"),
    "area": ("E07000143", "E07000148", "Unknown"),
    "ethnicity": ("White", "Mixed", "Asian", "Black", "Other", "Unknown"),
    "sex": ("Female", "Male", "Unknown"),
    "age": ("0-9", "10-13", "14-15", "16-17", "Unknown"),
    "month": ("2026-01", "2026-02", "2026-03"),
}
WEIGHTS = {
    "ethnicity": (30, 2, 1, 1, 1, 4),
    "sex": (10, 14, 1),
    "age": (3, 5, 9, 8, 1),
    "area": (6, 9, 1),
    "agency": (5, 3),
    "month": (3, 3, 2),
}


def stated() -> dict[str, Any]:
    return read_toml(REPOSITORY / "schemas" / "policy" / "releases.toml")


def grid() -> Grid:
    return Grid.parse(stated())


def children(seed: int, number: int, shares: Mapping[str, float]) -> dict[Cell, Tally]:
    """Count invented units by every table of the grid; by measure, how often each is met."""
    chance = Random(seed)  # noqa: S311 - nothing hidden rests on it
    tables = [("month",), *grid().tables]
    counts = {
        Cell(measure, by, groups): NOTHING
        for measure in shares
        for by in tables
        for groups in product(*(GROUPS[name] for name in by))
    }
    for _ in range(number):
        at = {name: chance.choices(own, WEIGHTS[name])[0] for name, own in GROUPS.items()}
        for measure, share in shares.items():
            met = int(chance.random() < share)
            for by in tables:
                cell = Cell(measure, by, tuple(at[name] for name in by))
                counts[cell] = counts[cell].plus(Tally(1, met))
    return counts


def published(system: System, levels: Mapping[Cell, Level]) -> list[Shown]:
    """What a reader gets: cells, and of what is hidden nothing."""
    found = []
    for cell, tally in system.cells.items():
        monthly = cell.by == ("month",)
        level = levels[cell]
        found.append(
            Shown(
                cell.measure,
                cell.groups[0] if monthly else "2026-01",
                1 if monthly else 3,
                () if monthly else cell.by,
                () if monthly else cell.groups,
                None if level == "none" else tally.units,
                tally.met if level == "all" else None,
            )
        )
    return found


def revealed(system: System, levels: Mapping[Cell, Level]) -> list[tuple[Shown, str]]:
    """Every small number that an attack tells to within less than the spread."""
    cells = published(system, levels)
    equal = [(link.one, link.other) for link in system.links if link.equal]
    small = []
    for cell, tally in zip(cells, system.cells.values(), strict=True):
        for kind, value in _numbers(tally).items():
            if 0 < value <= 5:
                assert (cell.units if kind == "units" else cell.met) is None, cell
                small.append((cell, kind, value))
    attack = Attack(cells, system.grid.tables, equal)
    found = []
    told = attack.told([(cell, kind) for cell, kind, _ in small])
    for (cell, kind, value), bounds in zip(small, told, strict=True):
        assert bounds.least - 1e-6 <= value <= bounds.most + 1e-6
        if bounds.most - bounds.least < 5 - 1e-6:
            found.append((cell, kind))
    return found


def _numbers(tally: Tally) -> dict[str, int]:
    return {"met": tally.met, "missed": tally.units - tally.met, "units": tally.units}


def of(counts: Mapping[Cell, Tally], *measures: str) -> System:
    members = measures or ("decision.in-time",)
    tables = (("month",), *grid().tables)
    links = tuple(
        link for link in LINKS if {n for n, _ in (*link.one, *link.other)} <= set(members)
    )
    return System(grid(), members, tables, counts, links)


@pytest.mark.parametrize(("seed", "number"), [(1, 25), (3, 150), (5, 1200)])
def test_no_small_number_can_be_told(seed: int, number: int) -> None:
    system = of(children(seed, number, {"decision.in-time": 0.8}))
    levels = hide(system, {}, Highs())
    assert revealed(system, levels) == []
    assert any(level != "none" for level in levels.values()) or number < 50


@pytest.mark.parametrize(("seed", "number"), [(3, 150), (4, 400)])
def test_the_attack_succeeds_where_only_what_is_small_is_hidden(seed: int, number: int) -> None:
    system = of(children(seed, number, {"decision.in-time": 0.8}))
    levels = hide(system, {}, Highs(), secondary=False)
    assert revealed(system, levels)


def test_what_another_measure_shows_gives_nothing_away() -> None:
    names = ("referral.complete-at-first", "referral.reason-clear", "referral.child-heard")
    counts = children(6, 120, dict.fromkeys(names, 0.7))
    system = of(counts, *names)
    assert revealed(system, hide(system, {}, Highs())) == []
    alone: dict[Cell, Level] = {}
    for name in names:
        own = {cell: tally for cell, tally in counts.items() if cell.measure == name}
        alone |= hide(of(own, name), {}, Highs())
    assert len(alone) == len(system.cells)


def test_what_was_published_month_by_month_stays_and_the_block_gives_nothing_away() -> None:
    counts = children(7, 90, {"decision.in-time": 0.85})
    whole = of(counts)
    months = {cell: tally for cell, tally in counts.items() if cell.by == ("month",)}
    before: dict[Cell, Level] = {}
    for month in GROUPS["month"][:2]:
        own = {cell: tally for cell, tally in months.items() if cell.groups == (month,)}
        early = System(grid(), whole.measures, (("month",),), own, (), whole=False)
        before |= hide(early, before, Highs())
    levels = hide(whole, before, Highs())
    assert {cell: levels[cell] for cell in before} == before
    assert revealed(whole, levels) == []


def test_zero_is_shown_as_zero_and_nobody_is_hidden_who_is_not_there() -> None:
    system = of(children(8, 100, {"decision.in-time": 1.0}))
    levels = hide(system, {}, Highs())
    assert all(levels[cell] == "all" for cell, tally in system.cells.items() if not tally.units)
    shown = [cell for cell, level in levels.items() if level == "all" and system.cells[cell].units]
    assert all(system.cells[cell].met == system.cells[cell].units for cell in shown)


def test_tables_that_hang_together_in_a_circle_are_refused() -> None:
    assert is_acyclic((("sex", "age"), ("sex", "ethnicity"), ("area",)))
    assert not is_acyclic((("sex", "age"), ("age", "ethnicity"), ("ethnicity", "sex")))
    content = stated()
    content["lists"]["tables"]["values"] = ["sex,age", "age,ethnicity", "ethnicity,sex"]
    with pytest.raises(ValueError, match="circle"):
        Grid.parse(content)


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["numbers"]["block"].update(value=5),
        lambda c: c["numbers"]["spread"].update(value=0),
        lambda c: c["lists"]["tables"].update(values=["sex,age,area"]),
        lambda c: c["lists"]["tables"].update(values=["child_ref"]),
        lambda c: c["numbers"]["largest_small"].update(standing="law"),
    ],
)
def test_a_grid_out_of_sense_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    content = stated()
    change(content)
    with pytest.raises(ValueError, match=r"releases\.toml"):
        Grid.parse(content)


def test_measures_that_share_counts_are_of_one_family_and_each_of_one() -> None:
    found = families()
    names = [name for members, _ in found for name in members]
    assert len(set(names)) == len(names)
    together: Callable[[str], tuple[str, ...]] = partial(
        lambda name: next(members for members, _ in found if name in members)
    )
    assert together("stage.enquiry") == together("stage.no-further-action")
    assert "referral.in-time-after-exposure" in together("stage.referred")
