"""Can a small number be worked out from what is published? And is what is published right?"""

from collections.abc import Sequence
from fractions import Fraction
from random import Random

import pytest

from services.domain.equity_groups import GROUPS, groups_of
from services.domain.equity_pack import STAGE_BEFORE, Child, Pack, pack
from services.domain.suppression import HIDDEN

STAGES = ("with-an-indicator", "exposed-to-violence", "detained-or-interviewed", "referred")
Name = tuple[str, ...]
Equation = dict[Name, int]


def child(ethnicity: str = "WBRI", sex: str = "M", age: int = 15, *found: str) -> Child:
    return Child(groups_of(ethnicity, sex, age), STAGES, found)


def county(seed: int) -> list[Child]:
    """Invented children, few or many, unevenly spread."""
    chance = Random(seed)  # noqa: S311 - nothing hidden rests on it
    codes = ("WBRI", "WBRI", "WBRI", "MWBC", "AIND", "BCRB", "OOTH", "NOBT")
    made = []
    for _ in range(chance.choice((3, 9, 30, 80, 300))):
        sex = chance.choice("FFMMMU")
        found = [
            rule
            for rule in STAGE_BEFORE
            if chance.random() < seed % 5 / 5 and (sex == "F" or rule != "equity.girl_hidden_harm")
        ]
        stages = [stage for stage in STAGES if chance.random() < 0.7]
        groups = groups_of(chance.choice(codes), sex, chance.choice((9, 12, 15, 16, 17)))
        made.append(Child(groups, stages, found))
    return made


def published(made: Pack) -> dict[Name, int | str]:
    """Everything that a reader has: by stage or rule, dimension, group and column.

    A total is one thing in all dimensions: it gets one name.
    """
    shown: dict[Name, int | str] = {}
    for row in made.stages:
        _put(shown, ("s", row.stage, *_where(row.dimension, row.group)), row.children)
    for one in made.rows:
        where = _where(one.dimension, one.group)
        _put(shown, ("s", one.stage, *where), one.children)
        _put(shown, ("f", one.rule, *where), one.found)
        _put(shown, ("n", one.rule, *where), one.not_found)
    return shown


def _where(dimension: str, group: str) -> Name:
    return ("Total",) if group == "Total" else (dimension, group)


def _put(shown: dict[Name, int | str], name: Name, value: int | str) -> None:
    assert shown.setdefault(name, value) == value, "told in one table and hidden in another"


def equations() -> list[Equation]:
    """What everybody knows: rows sum up to totals; found and not found are the stage."""
    known: list[Equation] = []
    whole = [("s", stage) for stage in STAGES]
    whole += [(part, rule) for rule in STAGE_BEFORE for part in "fn"]
    for own in whole:
        for dimension, groups in GROUPS.items():
            rows: Equation = {(*own, dimension, group): 1 for group in groups}
            rows[(*own, "Total")] = -1
            known.append(rows)
    for rule, stage in STAGE_BEFORE.items():
        places: list[Name] = [(d, g) for d, groups in GROUPS.items() for g in groups]
        known += [
            {("f", rule, *place): 1, ("n", rule, *place): 1, ("s", stage, *place): -1}
            for place in [*places, ("Total",)]
        ]
    girls = "equity.girl_hidden_harm"
    known += [{("f", girls, "sex", group): 1} for group in ("Male", "Unknown")]
    return known


def told(shown: dict[Name, int | str]) -> set[Name]:
    """The hidden numbers that follow from what is shown, by elimination."""
    hidden = [name for name, value in shown.items() if value == HIDDEN]
    place = {name: each for each, name in enumerate(hidden)}
    rows: list[list[Fraction]] = []
    for equation in equations():
        row = [Fraction(0)] * len(hidden)
        for name, factor in equation.items():
            if name in place:
                row[place[name]] += factor
        if any(row):
            rows.append(row)
    solved = _reduced(rows)
    return {hidden[row.index(Fraction(1))] for row in solved if sum(map(bool, row)) == 1}


def _reduced(rows: Sequence[list[Fraction]]) -> list[list[Fraction]]:
    left = [list(row) for row in rows]
    done: list[list[Fraction]] = []
    while left:
        row = left.pop()
        column = next((each for each, value in enumerate(row) if value), None)
        if column is None:
            continue
        head = row[column]
        row = [value / head for value in row]
        left, done = (
            [
                [a - b * other[column] for a, b in zip(other, row, strict=True)]
                if other[column]
                else other
                for other in rest
            ]
            for rest in (left, done)
        )
        done.append(row)
    return done


def truth(children: Sequence[Child]) -> dict[Name, int]:
    """The numbers, counted plainly."""
    counts: dict[Name, int] = {}
    for name in published(pack(children)):
        kind, what, *where = name
        stage = what if kind == "s" else STAGE_BEFORE[what]
        counts[name] = sum(
            stage in each.stages
            and (where == ["Total"] or each.groups[where[0]] == where[1])
            and (kind == "s" or (kind == "f") == (what in each.found))
            for each in children
        )
    return counts


@pytest.mark.parametrize("seed", range(40))
def test_no_small_number_is_shown_or_follows_from_what_is(seed: int) -> None:
    children = county(seed)
    shown, right = published(pack(children)), truth(children)
    for name, value in shown.items():
        assert value == HIDDEN or (value == right[name] and value not in range(1, 6)), name
    small = {name for name, value in right.items() if value in range(1, 6)}
    assert not small & told(shown)


def test_where_a_stage_hides_its_total_no_rule_gives_it_away() -> None:
    made = pack([*(child() for _ in range(5)), child(sex="F")])
    stages = {r.stage for r in made.stages if r.group == "Total" and r.children == HIDDEN}
    totals = [r for r in made.rows if r.group == "Total" and r.stage in stages]
    assert totals
    assert {r.found for r in totals} == {r.not_found for r in totals} == {HIDDEN}


def test_the_attack_finds_what_one_hidden_cell_gives_away() -> None:
    """A reader who subtracts would notice if only the small cell itself were hidden."""
    shown = published(pack([child() for _ in range(40)]))
    name = ("f", "equity.suspect_only", "ethnicity", "White")
    assert name in told({**shown, name: HIDDEN})


def test_plenty_is_shown_where_nothing_is_small() -> None:
    many = [
        child(code, sex, age, *found)
        for code in ("WBRI", "MWBC", "AIND", "BCRB", "OOTH", "REFU")
        for sex in "FMU"
        for age in (9, 12, 15, 17)
        for found in ((), ("equity.suspect_only",))
        for _ in range(6)
    ]
    made = pack(many)
    rows = {(row.rule, row.dimension, row.group): row for row in made.rows}
    white = rows["equity.suspect_only", "ethnicity", "White"]
    assert (white.children, white.found, white.not_found, white.percent) == (144, 72, 72, 50.0)
    assert (white.low, white.high) == (41.9, 58.1)
    unknown = rows["equity.suspect_only", "ethnicity", "Unknown"]
    assert (unknown.children, unknown.found) == (144, 72)
    assert rows["equity.suspect_only", "age", "Unknown"][4:] == (0, 0, 0, ":", ":", ":")
    assert rows["equity.suspect_only", "sex", "Total"].found == 432
    assert HIDDEN not in {value for row in made.rows for value in row[4:]}


def test_what_is_unknown_has_its_own_row_in_every_table() -> None:
    made = pack([])
    for rule in STAGE_BEFORE:
        for dimension, groups in GROUPS.items():
            rows = [r.group for r in made.rows if (r.rule, r.dimension) == (rule, dimension)]
            assert rows == [*groups, "Total"]
            assert "Unknown" in rows


def test_of_whom_nobody_would_tell_us_is_counted_apart_and_small_numbers_hidden() -> None:
    rule = "equity.suspect_only"
    lone = child()._replace(unreported=(rule,))
    assert dict(pack([lone] * 6).unreported)[rule] == 6
    assert dict(pack([lone] * 5).unreported)[rule] == HIDDEN
    assert dict(pack([]).unreported)[rule] == 0


@pytest.mark.parametrize(
    ("code", "group"),
    [
        ("WROM", "White"), ("MWAS", "Mixed"), ("CHNE", "Asian"), ("ABAN", "Asian"),
        ("BOTH", "Black"), ("OOTH", "Other"), ("REFU", "Unknown"), ("NOBT", "Unknown"),
        (None, "Unknown"), ("?", "Unknown"),
    ],
)  # fmt: skip
def test_groups_are_those_of_the_census(code: str | None, group: str) -> None:
    assert groups_of(code, None, None) == {"ethnicity": group, "sex": "Unknown", "age": "Unknown"}


@pytest.mark.parametrize(
    ("age", "band"),
    [(0, "0-9"), (9, "0-9"), (10, "10-13"), (13, "10-13"), (14, "14-15"), (16, "16-17")],
)
def test_bands_meet(age: int, band: str) -> None:
    assert groups_of("WBRI", "F", age) == {"ethnicity": "White", "sex": "Female", "age": band}
