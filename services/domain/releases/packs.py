"""What of an equity pack may stand beside the releases, which count the same things by incident?

A child was in an incident at least: who knows how many incidents there were knows something of how
many children. So a pack is hidden where a release is, and looked through as a reader would who has
both; what gives a hidden number away is left out.
"""

from collections.abc import Collection, Iterator, Mapping
from math import inf
from typing import Final, Literal

from services.domain.equity_groups import GROUPS
from services.domain.equity_pack import Beside, Child, Pack, pack
from services.domain.releases.hiding import Solver
from services.domain.releases.system import Form, Sum
from services.domain.suppression import HIDDEN, TOTAL, Place

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
    children: Collection[Child], beside: Mapping[str, Beside], solver: Solver, spread: int
) -> Pack:
    """Return the pack of these children that tells no hidden number to within the spread."""
    chosen = {}
    for rule, published in beside.items():
        for chosen[rule] in _ever_less(published):
            told = told_of(pack(children, {rule: chosen[rule]}), rule, published)
            if not gives_away(told, solver, spread):
                break
    return pack(children, chosen)


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


def gives_away(told: Told, solver: Solver, spread: int) -> bool:
    """Whether a hidden number lies within less than the spread, or nothing fits what is told."""
    known = list(_known(told))
    for name, place in [at for at, value in told.items() if value is None]:
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
