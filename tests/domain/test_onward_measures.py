"""Do the figures of onward referrals say what happened, and tell no small count?"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from scipy.optimize import linprog

from services.domain.onward import Onward
from services.domain.onward_measures import (
    COLUMNS,
    TOTAL,
    Row,
    measured,
)
from services.domain.onward_tree import BRANCHES, DIMENSIONS, ROOT, Alike
from services.domain.suppression import HIDDEN, SMALL, SPREAD

MADE = datetime(2026, 3, 2, 9, tzinfo=UTC)
KNOWN = {
    "provider": ("a", "b"),
    "kind": ("mentoring",),
    "area": ("north",),
    "sector": ("voluntary", "statutory"),
}
FEWEST = 6


def onward(state: str = "made", wait: int | None = None, **stated: Any) -> Onward:  # noqa: ANN401 - any field
    at = None if wait is None else MADE + timedelta(days=wait)
    whole: dict[str, Any] = {
        "child": "c", "ref": "S-1", "made_by": ("/norfolk-school/mis", "1"),
        "agency": "norfolk-school", "provider": "a",
        "kind": "mentoring", "sector": "voluntary", "area": "north", "made_at": MADE,
        "state": state, "accepted_at": at, "started_at": at,
    }  # fmt: skip
    return Onward(**whole | stated)


def row(found: list[Onward], dimension: str, group: str) -> dict[str, Any]:
    rows = {(one.dimension, one.group): one for one in measured(found, KNOWN, FEWEST)}
    return dict(zip(COLUMNS, rows[dimension, group].values, strict=True))


def test_the_parts_of_each_branch_are_counted_and_sum_up_to_what_they_are_parts_of() -> None:
    found = [
        *[onward() for _ in range(10)],
        *[onward("declined", reason="capacity") for _ in range(20)],
        *[onward("declined", reason="consent", again=onward()) for _ in range(30)],
        *[onward("accepted", 2) for _ in range(40)],
        *[onward("started", 4) for _ in range(50)],
        *[onward("ended", 6, helped="partly") for _ in range(60)],
        *[onward("ended", None, helped="not-asked") for _ in range(70)],
    ]
    told = row(found, "provider", "a")
    assert (told["made"], told["no_answer"], told["declined"], told["accepted"]) == (
        280, 10, 50, 220,
    )  # fmt: skip
    assert (told["declined_capacity"], told["declined_consent"], told["declined_other"]) == (
        20, 30, 0,
    )  # fmt: skip
    assert (told["referred_again"], told["not_referred_again"]) == (30, 20)
    assert (told["not_started"], told["started"], told["in_support"], told["ended"]) == (
        40, 180, 50, 130,
    )  # fmt: skip
    assert (told["helped"], told["did_not_help"], told["help_unknown"]) == (60, 0, 70)
    assert (told["accepted_when_known"], told["accepted_when_unknown"]) == (150, 70)
    assert (told["days_to_accept_median"], told["days_to_start_median"]) == (4.0, 6.0)
    assert row(found, "sector", TOTAL) == row(found, "kind", "mentoring") == told


def test_who_has_no_area_and_who_is_not_known_beforehand_has_a_row() -> None:
    found = [onward(area=None, provider="new") for _ in range(8)]
    assert row(found, "area", "unknown")["made"] == 8
    assert row(found, "provider", "new")["made"] == 8
    assert row(found, "provider", "a")["made"] == 0


def test_of_nobody_all_is_nought_and_no_median_is_told() -> None:
    told = row([], "sector", TOTAL)
    assert {told[name] for name in COLUMNS[:-2]} == {0}
    assert told["days_to_start_median"] == ":"


@pytest.mark.parametrize(("number", "median"), [(5, HIDDEN), (6, 3.5)])
def test_a_median_is_told_of_six_or_more(number: int, median: float | str) -> None:
    found = [onward("accepted", n + 1) for n in range(number)]
    found += [onward("declined", reason="capacity") for _ in range(30)]
    assert row(found, "provider", "a")["days_to_accept_median"] == median


def test_small_counts_are_hidden_with_all_that_is_a_part_of_them() -> None:
    found = [onward("accepted", 1) for _ in range(3)] + [onward() for _ in range(100)]
    told = row(found, "provider", "a")
    parts = {name for branch in BRANCHES.values() for name in branch.parts}
    assert {told[name] for name in parts} == {HIDDEN}
    assert told["made"] == 103


@pytest.mark.parametrize("seed", [0, 4, 5])
def test_no_small_count_can_be_worked_out_from_all_that_is_shown(seed: int) -> None:
    """Solve for the least and the most that each hidden small count may be, given everything."""
    found = list(_random(Random(seed)))  # noqa: S311 - invented children
    rows = measured(found, KNOWN, FEWEST)
    truth = {(one.dimension, one.group): one for one in measured_plainly(found, rows)}
    unknown, equations = _system(rows)
    told = 0
    for one in rows:
        for name, shown in zip(COLUMNS[:-2], one.values, strict=False):
            key = (one.dimension, one.group, name)
            true = truth[one.dimension, one.group].values[COLUMNS.index(name)]
            if shown != HIDDEN:
                assert shown == true
                assert true not in SMALL
            elif true in SMALL:
                told += 1
                assert _range(unknown[key], unknown, equations) >= SPREAD - 1e-6, key
    assert told


def measured_plainly(found: list[Onward], rows: list[Row]) -> Iterator[Row]:
    """Count without hiding anything."""
    for one in rows:
        those = [
            each
            for each in found
            if one.group in (TOTAL, getattr(each, one.dimension) or "unknown")
        ]
        values = [len(those), *(len(_in(name, those)) for name in COLUMNS[1:-2])]
        yield Row(one.dimension, one.group, tuple(values))


def _in(part: str, those: list[Onward]) -> list[Onward]:
    if part == "made":
        return those
    branch = next(branch for branch in BRANCHES.values() if part in branch.parts)
    return [one for one in _in(branch.part, those) if branch.parts[part](Alike.of(one))]


def _random(rng: Random) -> Iterator[Onward]:
    for _ in range(rng.choice((30, 90, 400))):
        state = rng.choices(("made", "accepted", "declined", "started", "ended"), (2, 2, 3, 2, 6))
        yield onward(
            state[0],
            rng.choice((None, 1, 5, 20)),
            reason=rng.choice(("capacity", "consent", "other")) if state == ["declined"] else None,
            helped=rng.choice(("yes", "no", "not-asked")),
            again=rng.choice((None, onward())),
            provider=rng.choices(("a", "b", "new"), (6, 3, 1))[0],
            sector=rng.choices(("voluntary", "statutory"), (5, 1))[0],
            area=rng.choices(("north", "south", None), (7, 2, 1))[0],
        )


Key = tuple[str, str, str]
Equations = tuple[list[Mapping[int, float]], list[float]]


def _system(rows: list[Row]) -> tuple[dict[Key, int], Equations]:
    """Write down all that a reader knows: what is shown, sums of groups, sums of branches."""
    shown = {
        (one.dimension, one.group, name): value
        for one in rows
        for name, value in zip(COLUMNS[:-2], one.values, strict=False)
    }
    place = {key: at for at, key in enumerate(shown)}
    left: list[Mapping[int, float]] = []
    right: list[float] = []

    def equal(terms: Mapping[int, float], value: float) -> None:
        left.append(terms)
        right.append(value)

    for key, value in shown.items():
        if isinstance(value, int):
            equal({place[key]: 1.0}, value)
    for dimension in DIMENSIONS:
        groups = [one.group for one in rows if one.dimension == dimension]
        for name in COLUMNS[:-2]:
            terms = {place[dimension, group, name]: 1.0 for group in groups[:-1]}
            equal(terms | {place[dimension, TOTAL, name]: -1.0}, 0)
            equal({place[dimension, TOTAL, name]: 1.0, place[DIMENSIONS[0], TOTAL, name]: -1.0}
                  if dimension != DIMENSIONS[0] else {}, 0)  # fmt: skip
        for group in groups:
            for branch in BRANCHES.values():
                whole = "made" if branch.of == ROOT else branch.part
                terms = {place[dimension, group, part]: 1.0 for part in branch.parts}
                equal(terms | {place[dimension, group, whole]: -1.0}, 0)
    return place, (left, right)


def _range(at: int, place: Mapping[Key, int], equations: Equations) -> float:
    """How far apart the least and the most lie; a hidden number of referrals is not nought."""
    (left, right), width = equations, len(place)
    known = {left_out for terms in left if len(terms) == 1 for left_out in terms}
    bounds = [
        (1.0 if name == "made" and column not in known else 0.0, None)
        for (_, _, name), column in place.items()
    ]
    matrix = [[terms.get(column, 0.0) for column in range(width)] for terms in left if terms]
    values = [value for terms, value in zip(left, right, strict=True) if terms]
    ends = [
        linprog(
            [sign if n == at else 0.0 for n in range(width)],
            A_eq=matrix,
            b_eq=values,
            bounds=bounds,
        ).fun
        for sign in (1.0, -1.0)
    ]
    return float("inf") if None in ends else -ends[1] - ends[0]
