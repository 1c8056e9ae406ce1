"""What of an equity pack may stand beside the releases, which count the same things by incident?

A child was in an incident at least: who knows how many incidents there were knows something of how
many children. So a pack is hidden where a release is, and looked through as a reader would who has
both; what gives a hidden number away is left out.
"""

from collections.abc import Collection, Iterator, Mapping
from math import inf
from typing import Final, Literal

from services.domain.equity_groups import GROUPS
from services.domain.equity_pack import STAGE_BEFORE, Beside, Child, Pack, pack
from services.domain.releases.hiding import Solver
from services.domain.releases.system import Form, Sum
from services.domain.suppression import HIDDEN, SMALL, TOTAL, Place

Kind = Literal["found", "not_found", "missed", "met"]
KINDS: Final[tuple[Kind, ...]] = ("found", "not_found", "missed", "met")
PARTS: Final[Mapping[str, tuple[Kind, ...]]] = {
    "children": ("found", "not_found"),
    "found": ("found",),
    "not_found": ("not_found",),
    "incidents": ("missed", "met"),
    "missed": ("missed",),
}
"""What is told of a place, each a sum of what varies there."""

ABOVE: Final = (("children", "incidents"), ("found", "missed"))
PLACES: Final[tuple[Place, ...]] = tuple((d, g) for d, groups in GROUPS.items() for g in groups)
CAP: Final = 1_000_000

Told = dict[tuple[str, Place], int | None]
"""By what is told and where; None: hidden."""


def beside_releases(
    children: Collection[Child], beside: Mapping[str, Beside | None], solver: Solver, spread: int
) -> Pack:
    """Return the pack of these children that tells no hidden number to within the spread.

    `beside`: by rule what was published of its measure, None where a table of it is withheld. Then
    the stage is as well, with its rules; also where it tells a number whatever is hidden of it.
    """
    chosen: dict[str, Beside] = {}
    withheld = [STAGE_BEFORE[rule] for rule, published in beside.items() if published is None]
    for rule, published in [(rule, each) for rule, each in beside.items() if each is not None]:
        told: Told = {}
        for chosen[rule] in _ever_less(published):
            told = told_of(pack(children, {rule: chosen[rule]}), rule, published)
            if not gives_away(told, solver, spread):
                break
        else:
            if gives_away(told, solver, spread, set(_small(children, rule))):
                withheld.append(STAGE_BEFORE[rule])
    return _without(pack(children, chosen), withheld)


def _without(made: Pack, stages: Collection[str]) -> Pack:
    """Leave out some stages, and all that is counted of them."""
    return Pack(
        tuple(row for row in made.stages if row.stage not in stages),
        tuple(row for row in made.rows if row.stage not in stages),
        tuple(row for row in made.unreported if STAGE_BEFORE[row.rule] not in stages),
        tuple(stages),
    )


def _ever_less(published: Beside) -> Iterator[Beside]:
    """Hide what the release hides; then who was found; then the stage as well."""
    nothing: dict[Place, int | None] = dict.fromkeys((*PLACES, TOTAL))
    yield published
    yield Beside(published.incidents, nothing)
    yield Beside(nothing, nothing)


def told_of(made: Pack, rule: str, published: Beside) -> Told:
    """Say what a reader is told of a rule by its pack and by the releases."""
    told: Told = {}
    for row in made.rows:
        if row.rule == rule:
            place = TOTAL if row.group == "Total" else (row.dimension, row.group)
            for name in ("children", "found", "not_found"):
                value = getattr(row, name)
                told[name, place] = None if value == HIDDEN else value
    told |= {("incidents", place): count for place, count in published.incidents.items()}
    told |= {("missed", place): count for place, count in published.missed.items()}
    return told


def _small(children: Collection[Child], rule: str) -> Iterator[tuple[str, Place]]:
    """Name what must not be told: a 0 may be known from the release alone."""
    within = [child for child in children if STAGE_BEFORE[rule] in child.stages]
    for place in (*PLACES, TOTAL):
        own = [child for child in within if place == TOTAL or child.groups[place[0]] == place[1]]
        found = sum(rule in child.found for child in own)
        counts = {"children": len(own), "found": found, "not_found": len(own) - found}
        yield from ((name, place) for name, count in counts.items() if count in SMALL)


def gives_away(
    told: Told,
    solver: Solver,
    spread: int,
    among: Collection[tuple[str, Place]] | None = None,
) -> bool:
    """Whether a hidden number lies within less than the spread, or nothing fits what is told.

    `among`: the numbers that are looked at; without it all that are hidden.
    """
    known = list(_known(told))
    hidden = [at for at, value in told.items() if value is None]
    for name, place in [at for at in hidden if among is None or at in among]:
        form = _form(name, place)
        ends = [
            solver.farthest(len(KINDS) * len(PLACES), known, dict.fromkeys(form, sign), CAP)
            for sign in (1, -1)
        ]
        least, most = (None if end is None else sum(end[at] for at in form) for end in ends[::-1])
        if least is None or most is None or most - least < spread:
            return True
    return False


def _known(told: Told) -> Iterator[Sum]:
    first, *others = GROUPS
    for kind in KINDS:
        for dimension in others:
            yield Sum(_whole(kind, first), _whole(kind, dimension), 0, 0)
    for (name, place), value in told.items():
        if value is not None:
            yield Sum(_form(name, place), frozenset(), value, value)
        elif name in {"children", "incidents"}:
            yield Sum(_form(name, place), frozenset(), 1, inf)  # a zero would have been shown
    for fewer, more in ABOVE:
        for place in (*PLACES, TOTAL):
            if told.get((fewer, place)) is None or told.get((more, place)) is None:
                yield Sum(_form(fewer, place), _form(more, place), -inf, 0)


def _form(name: str, place: Place) -> Form:
    """Return the sum of variables that something is: a total is that of the first dimension."""
    if place == TOTAL:
        return frozenset().union(*(_whole(kind, next(iter(GROUPS))) for kind in PARTS[name]))
    return frozenset(_at(kind, place) for kind in PARTS[name])


def _whole(kind: Kind, dimension: str) -> Form:
    return frozenset(_at(kind, (dimension, group)) for group in GROUPS[dimension])


def _at(kind: Kind, place: Place) -> int:
    return KINDS.index(kind) * len(PLACES) + PLACES.index(place)
