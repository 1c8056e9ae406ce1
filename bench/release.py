"""How long does it take to decide what is hidden of a quarter? `python -m bench.release [UNITS]`.

Invented units of every measure, so many of each family of measures that share counts, in groups as
uneven as they are; decided by one process and by two, as `make release` does. No database.
"""

import argparse
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from random import Random
from typing import Final

from deploy.embedded.places import PROJECT
from services.domain.measures.tally import NOTHING, Tally
from services.domain.releases.deciding import Block, decide
from services.domain.releases.grid import LEVELS, MONTH, Cell, Grid
from services.domain.releases.links import LINKS, families
from services.ledger.release import WORKERS
from services.ledger.solving import Highs
from services.runtime import clock
from services.runtime.contracts import Contracts

MONTHS: Final = ("2026-01", "2026-02", "2026-03")
AGENCIES: Final = (30, 20, 10, 8, 5, 3, 2, 1, 1)
GROUPS: Final[Mapping[str, Mapping[str, float]]] = {
    "agency": {f"agency-{place}": share for place, share in enumerate(AGENCIES)},
    "area": {f"E0700014{place}": share for place, share in enumerate((9, 8, 7, 6, 5, 4, 3))},
    "ethnicity": {"White": 85, "Mixed": 4, "Asian": 3, "Black": 3, "Other": 1, "Unknown": 4},
    "age": {"0-9": 3, "10-13": 5, "14-15": 9, "16-17": 8, "Unknown": 0.3},
    "sex": {"Female": 10, "Male": 14, "Unknown": 0.5},
    "month": dict.fromkeys(MONTHS, 1),
}  # fmt: skip
MET: Final = 0.85


def quarter(grid: Grid, measures: tuple[str, ...], units: int, chance: Random) -> dict[Cell, Tally]:
    """Count invented units by every table, so that what must hang together does."""
    counts = {Cell(name, MONTH, (month,)): NOTHING for name in measures for month in MONTHS}
    for _ in range(units):
        at = {name: chance.choices([*own], [*own.values()])[0] for name, own in GROUPS.items()}
        for measure, met in _met(measures, chance):
            for by in (MONTH, *grid.tables):
                cell = Cell(measure, by, tuple(at[name] for name in by))
                counts[cell] = counts.get(cell, NOTHING).plus(Tally(1, met))
    return counts


def _met(measures: tuple[str, ...], chance: Random) -> Iterator[tuple[str, int]]:
    """Say of one unit which measures count it, and whether each is met; links are kept."""
    met = {name: int(chance.random() < MET) for name in measures}
    for link in LINKS:
        (one, kind), others = link.one[0], [name for name, _ in link.other]
        if kind == "met" and link.equal:  # who is met is counted by the next
            if not met.get(one):
                met.pop(others[0], None)
        elif one not in met:
            continue
        elif len(others) > 1 and link.equal:  # of one of several
            for name in chance.sample(others, len(others) - 1):
                met.pop(name)
        elif len(others) > 1:
            met[one] &= max(met[name] for name in others if name in met)
        elif not link.equal:
            met[one] &= 1 - met[others[0]]
    yield from met.items()


def run(units: int) -> None:
    """Decide a quarter twice, and say how long each took and how much is hidden."""
    grid = Contracts.load(PROJECT / "schemas").grid()
    chance = Random(1)
    blocks = [
        Block(grid, members, links, quarter(grid, members, units, chance), whole=True)
        for members, links in families()
    ]
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as workers:
        for number, each in ((1, map), (WORKERS, workers.map)):
            began = clock.monotonic()
            found = list(each(decide, blocks, repeat({}), repeat(Highs())))
            levels = [level for one in found for _, level in one.cells.values()]
            shown = ", ".join(f"{levels.count(level)} {level}" for level in LEVELS)
            print(f"{number} at once: {clock.monotonic() - began:.1f} s; by cells: {shown}")


def main() -> None:
    """Read how many, and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.release", description=__doc__)
    parser.add_argument("units", type=int, nargs="?", default=3000)
    run(parser.parse_args().units)


if __name__ == "__main__":
    main()
