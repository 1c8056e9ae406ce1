"""How do the findings of the equity rules fall among groups of children? Counts, small ones hidden.

Children are counted, each once in a stage and a rule. The denominator of a rule is the stage
immediately before it: the children to whom the thing was owed at all.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import inf, sqrt
from typing import Final, NamedTuple

from services.domain.equity_groups import GROUPS
from services.domain.suppression import HIDDEN, SMALL, Cell, Place, Suppression, counted, suppress

STAGES: Final[Mapping[str, str]] = {
    "with-an-indicator": "children with an indicator of exploitation at an incident",
    "exposed-to-violence": "children exposed to serious youth violence or a knife",
    "detained-or-interviewed": "children detained or interviewed by the police",
    "referred": "children for whom a referral was made or amended",
}
STAGE_BEFORE: Final[Mapping[str, str]] = {
    "equity.exploitation_not_screened": "with-an-indicator",
    "equity.violence_not_safeguarding": "exposed-to-violence",
    "equity.no_appropriate_adult": "detained-or-interviewed",
    "equity.girl_hidden_harm": "with-an-indicator",
    "equity.suspect_only": "with-an-indicator",
    "equity.adult_language": "referred",
}
"""By rule: the stage immediately before, which is its denominator."""

MEASURES: Final[Mapping[str, str]] = {
    "equity.exploitation_not_screened": "equity.screened-for-exploitation",
    "equity.violence_not_safeguarding": "equity.violence-safeguarding",
}
"""By rule: the measure of the same thing, which counts incidents where a pack counts children."""

ONLY_GIRLS: Final = frozenset({"equity.girl_hidden_harm"})
"""Rules that find girls alone: that no boy is found is known beforehand."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What was published of the measure of a rule, by place: incidents, and those of them missed.

    None: hidden. There are hardly more children than incidents, so each bounds the other.
    """

    incidents: dict[Place, int | None]
    missed: dict[Place, int | None]


NOTHING_BESIDE: Final = Beside({}, {})
_NO_MEASURES: Final[Mapping[str, Beside]] = {}
Rates = tuple[float | str, float | str, float | str]
_NO_RATES: Final[Rates] = (HIDDEN, HIDDEN, HIDDEN)


class Child(NamedTuple):
    """A child of a stage: their groups by dimension, the stages, and the rules that found them."""

    groups: Mapping[str, str]
    stages: Collection[str]
    found: Collection[str]
    unreported: Collection[str] = ()


class Row(NamedTuple):
    """One row as it is published: counts, or "c"."""

    rule: str
    stage: str
    dimension: str
    group: str
    children: int | str
    found: int | str
    not_found: int | str
    percent: float | str
    low: float | str
    high: float | str


class StageRow(NamedTuple):
    """How many children of a group are in a stage, or "c"."""

    stage: str
    dimension: str
    group: str
    children: int | str


class Unreported(NamedTuple):
    """How many children a rule cannot judge, since no feed would tell us."""

    rule: str
    children: int | str


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything that is published."""

    stages: tuple[StageRow, ...]
    rows: tuple[Row, ...]
    unreported: tuple[Unreported, ...]
    withheld: tuple[str, ...] = ()
    """Stages that are not published, nor the rules of them: too few to hide among."""


def pack(children: Collection[Child], beside: Mapping[str, Beside] = _NO_MEASURES) -> Pack:
    """Count, hide what is small, and lay out every table.

    `beside`: by rule what was published of its measure; what is hidden there is hidden here, and
    what is shown there is known.
    """
    of_stage = {STAGE_BEFORE[rule]: published for rule, published in beside.items()}
    stages = {
        stage: _stage(children, stage, of_stage.get(stage, NOTHING_BESIDE).incidents)
        for stage in STAGES
    }
    return Pack(
        tuple(row for stage, hidden in stages.items() for row in _stage_rows(stage, hidden)),
        tuple(
            row
            for rule, stage in STAGE_BEFORE.items()
            for row in _rule_rows(
                rule,
                stages[stage],
                _found(rule, stages[stage], children, beside.get(rule, NOTHING_BESIDE).missed),
            )
        ),
        tuple(Unreported(rule, _plain(_unreported(rule, children))) for rule in STAGE_BEFORE),
    )


def _stage(
    children: Iterable[Child], stage: str, published: Mapping[Place, int | None]
) -> Suppression:
    within = [child for child in children if stage in child.stages]
    return suppress(
        {
            dimension: {
                group: counted(
                    _in(within, dimension, group), _most(published.get((dimension, group)))
                )
                for group in GROUPS[dimension]
            }
            for dimension in GROUPS
        },
        elsewhere=_hidden(published),
    )


def _most(published: int | None) -> float:
    return inf if published is None else published


def _hidden(published: Mapping[Place, int | None]) -> set[Place]:
    return {place for place, count in published.items() if count is None}


def _found(
    rule: str,
    base: Suppression,
    children: Iterable[Child],
    published: Mapping[Place, int | None],
) -> Suppression:
    """Return who was found and who was not, hidden wherever the stage before is."""
    stage = STAGE_BEFORE[rule]
    found = [child for child in children if stage in child.stages and rule in child.found]
    tables = {
        dimension: {
            group: _split(
                _in(found, dimension, group),
                base.tables[dimension][group].values[0],
                base.bounds(dimension, group, 0),
                _most(published.get((dimension, group))),
                never=rule in ONLY_GIRLS and dimension == "sex" and group != "Female",
            )
            for group in GROUPS[dimension]
        }
        for dimension in GROUPS
    }
    return suppress(tables, base, _hidden(published))


def _split(
    found: int, children: int, known: tuple[float, float], most_found: float, *, never: bool
) -> Cell:
    """Return a row of found and not found, of a stage and a finding of which so much is known."""
    least, most = known
    if never:
        return Cell((found, children - found), (0, least), (0, most))
    highest = min(most, max(found, most_found))
    return Cell((found, children - found), (0, max(0, least - highest)), (highest, most))


def _stage_rows(stage: str, hidden: Suppression) -> Iterable[StageRow]:
    for dimension, table in hidden.tables.items():
        shown = {
            group: HIDDEN if group in hidden.rows[dimension] else cell.values[0]
            for group, cell in table.items()
        }
        for group, count in shown.items():
            yield StageRow(stage, dimension, group, count)
        total = sum(cell.values[0] for cell in table.values())
        yield StageRow(stage, dimension, "Total", HIDDEN if hidden.totals else total)


def _rule_rows(rule: str, base: Suppression, hidden: Suppression) -> Iterable[Row]:
    stage = STAGE_BEFORE[rule]
    for place in _stage_rows(stage, base):
        table = hidden.tables[place.dimension]
        if place.group == "Total":
            found = sum(cell.values[0] for cell in table.values())
            rest = sum(cell.values[1] for cell in table.values())
            concealed = hidden.totals
        else:
            found, rest = table[place.group].values
            concealed = place.group in hidden.rows[place.dimension]
        counts: tuple[int | str, int | str] = (HIDDEN, HIDDEN) if concealed else (found, rest)
        rates = _NO_RATES if concealed else _rates(found, found + rest)
        yield Row(rule, stage, place.dimension, place.group, place.children, *counts, *rates)


def _rates(found: int, children: int) -> Rates:
    """Return the share found in per cent and its 95 % interval (Wilson's); ":" of nobody."""
    if not children:
        return ":", ":", ":"
    z = 1.959964
    share, spread = found / children, z * z / children
    middle = share + spread / 2
    reach = z * sqrt(share * (1 - share) / children + spread / (4 * children))
    low, high = (middle - reach) / (1 + spread), (middle + reach) / (1 + spread)
    return round(100 * share, 1), round(100 * max(0.0, low), 1), round(100 * min(1.0, high), 1)


def _in(children: Iterable[Child], dimension: str, group: str) -> int:
    return sum(child.groups[dimension] == group for child in children)


def _unreported(rule: str, children: Iterable[Child]) -> int:
    return sum(rule in child.unreported for child in children)


def _plain(count: int) -> int | str:
    return HIDDEN if count in SMALL else count
