"""Does a pack give away nothing, neither by itself nor with what releases show of the same?"""

from collections.abc import Mapping, Sequence
from math import inf
from random import Random

import pytest

from services.domain.equity_groups import GROUPS
from services.domain.equity_pack import (
    MEASURES,
    STAGE_BEFORE,
    STAGES,
    Beside,
    Child,
    Pack,
    pack,
)
from services.domain.releases.packs import beside_releases
from services.domain.suppression import HIDDEN, TOTAL, Cell, suppress
from services.ledger.solving import Highs
from tests.domain.releases.attack_packs import (
    Name,
    Told,
    known_beside,
    known_of_equity,
    of_equity,
    true_of_equity,
)

RULE = "equity.violence_not_safeguarding"
STAGE = STAGE_BEFORE[RULE]


def county(seed: int) -> list[tuple[Child, int, int]]:
    """Invented children, each with the incidents that they were in, and those of them missed."""
    chance = Random(seed)  # noqa: S311 - nothing hidden rests on it
    found = []
    for _ in range(chance.choice((20, 40, 80, 160))):
        groups = {
            "ethnicity": chance.choices(GROUPS["ethnicity"], (12, 2, 1, 1, 1, 2))[0],
            "sex": chance.choices(GROUPS["sex"], (5, 9, 1))[0],
            "age": chance.choices(GROUPS["age"], (1, 4, 9, 8, 1))[0],
        }
        incidents = chance.choices((1, 2, 3), (9, 2, 1))[0]
        missed = sum(chance.random() < 0.25 for _ in range(incidents))
        child = Child(groups, (STAGE,), (RULE,) if missed else ())
        found.append((child, incidents, missed))
    return found


def counted(told: Sequence[tuple[Child, int, int]]) -> dict[tuple[str, str], tuple[int, int]]:
    """Count incidents, and those of them missed, in every place."""
    counts = {(d, g): (0, 0) for d, groups in GROUPS.items() for g in groups} | {TOTAL: (0, 0)}
    for child, incidents, missed in told:
        for place in (*child.groups.items(), TOTAL):
            before = counts[place]
            counts[place] = (before[0] + incidents, before[1] + missed)
    return counts


def released(told: Sequence[tuple[Child, int, int]]) -> Beside:
    """Hide of incidents what a release would."""
    counts = counted(told)
    tables = {
        dimension: {
            group: Cell((missed, incidents - missed), (0, 0), (inf, inf) if incidents else (0, 0))
            for group in groups
            for incidents, missed in [counts[dimension, group]]
        }
        for dimension, groups in GROUPS.items()
    }
    hidden = suppress(tables)
    concealed = {(d, g) for d, rows in hidden.rows.items() for g in rows}
    concealed |= {TOTAL} if hidden.totals else set()
    return Beside(
        {place: None if place in concealed else one for place, (one, _) in counts.items()},
        {place: None if place in concealed else one for place, (_, one) in counts.items()},
    )


def content(made: Pack) -> dict[str, object]:
    return {"pack": {"stages": made.stages, "rows": made.rows}}


def narrow(told: Sequence[tuple[Child, int, int]], published: Beside, made: Pack) -> list[Name]:
    """Name the small numbers that somebody tells who has the pack and the release."""
    shown = of_equity(content(made))
    true = true_of_equity([child for child, _, _ in told])
    for part, held in (("i", published.incidents), ("m", published.missed)):
        for place, count in held.items():
            name = (part, RULE, *(("Total",) if place == TOTAL else place))
            shown[name] = HIDDEN if count is None else count
            true[name] = counted(told)[place][part == "m"]
    reader = Told(shown, [*known_of_equity(shown), *known_beside(shown, true)])
    own = {name: value for name, value in true.items() if {RULE, STAGE} & set(name)}
    return reader.narrow(own)


@pytest.mark.parametrize("seed", range(12))
def test_no_small_number_is_told_by_a_pack_beside_a_release_of_the_same(seed: int) -> None:
    told = county(seed)
    published = released(told)
    children = [child for child, _, _ in told]
    made = beside_releases(children, {RULE: published}, Highs(), 5)
    assert narrow(told, published, made) == []


def test_the_attack_succeeds_on_a_pack_that_was_hidden_without_looking_at_the_release() -> None:
    found = []
    for seed in range(12):
        told = county(seed)
        found += narrow(told, released(told), pack([child for child, _, _ in told]))
    assert found


def test_what_a_release_hides_a_pack_hides_and_shows_what_is_not_touched_by_it() -> None:
    children = [
        Child({"ethnicity": "White", "sex": sex, "age": "14-15"}, STAGES, (RULE,) if found else ())
        for sex in ("Female", "Male")
        for found in (True, False)
        for _ in range(20)
    ]
    hidden: Mapping[tuple[str, str], int | None] = {("sex", "Female"): None, ("sex", "Male"): 40}
    made = pack(children, {RULE: Beside({}, dict(hidden))})
    by_sex = {(row.rule, row.group): row.found for row in made.rows if row.dimension == "sex"}
    assert (by_sex[RULE, "Female"], by_sex[RULE, "Male"]) == (HIDDEN, 20)
    assert {rule for (rule, _), found in by_sex.items() if found == HIDDEN} == {RULE}
    assert set(MEASURES) <= set(STAGE_BEFORE)


@pytest.mark.parametrize("published", [None, Beside({TOTAL: 7}, {TOTAL: 0})])
def test_a_stage_is_withheld_with_its_release_and_where_nothing_protects_it(
    published: Beside | None,
) -> None:
    """Seven children in seven incidents, of three groups: shown as hidden, a group is told."""
    seven = [
        Child({"ethnicity": group, "sex": "Male", "age": "14-15"}, (STAGE,), ())
        for group in ("White", "White", "White", "Mixed", "Mixed", "Asian", "Black")
    ]
    made = beside_releases(seven, {RULE: published}, Highs(), 5)
    assert made.withheld == (STAGE,)
    assert STAGE not in {row.stage for row in made.rows}
    assert RULE not in {row.rule for row in made.rows} | {row.rule for row in made.unreported}
    assert {row.stage for row in made.stages} == set(STAGES) - {STAGE}
