"""Is the sample the same for the same seed, big enough, and without anybody twice?"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.dip_sample import (
    ANY,
    GIRLS,
    MINORITY_ETHNIC,
    REPEATS,
    SIZES,
    Candidate,
    Drawn,
    Plan,
    Stratum,
    counts,
    draw,
    lot_of,
    lots_needed,
    turns_of_lots,
)
from tests.domain.lives import policy

NONE = dict.fromkeys(SIZES, 0)
GROUPS = ("BCRB", "WROM")
STRATA = tuple(
    Stratum(name, group)
    for name in SIZES
    for group in (GROUPS if name == MINORITY_ETHNIC else ("",))
)


def population(found: Iterable[Candidate]) -> Counter[Stratum]:
    return Counter(stratum for each in found for stratum in each.strata)


def candidate(number: int, *strata: Stratum) -> Candidate:
    return Candidate(
        key=("/norfolk-police/referrals", f"made-{number}"),
        child_ref=f"child-{number}",
        referral_ref=f"R-{number}",
        agency="norfolk-police",
        made_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        strata=frozenset(strata),
    )


def plan(second_reader: int = 0, **sizes: int) -> Plan:
    return Plan(
        NONE | {name.replace("_", "-"): size for name, size in sizes.items()}, second_reader
    )


def refs(sample: Sequence[Drawn]) -> list[str]:
    return [one.candidate.referral_ref for one in sample]


def members(number: int, name: str, group: str = "", begin: int = 0) -> list[Candidate]:
    return [candidate(each, Stratum(name, group)) for each in range(begin, begin + number)]


populations = st.lists(
    st.frozensets(st.sampled_from(STRATA), min_size=1).filter(
        lambda own: sum(one.name == MINORITY_ETHNIC for one in own) < 2
    ),
    max_size=25,
).map(lambda found: [candidate(place, *strata) for place, strata in enumerate(found)])
plans = st.builds(
    Plan, st.fixed_dictionaries(dict.fromkeys(SIZES, st.integers(0, 6))), st.integers(0, 100)
)


@given(populations, plans, st.text(max_size=5), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_changes_the_sample(
    found: list[Candidate], asked: Plan, seed: str, random: Random
) -> None:
    mixed = [*found, *found[:3]]
    random.shuffle(mixed)
    assert draw(mixed, asked, seed) == draw(found, asked, seed)


@given(populations, plans, st.text(max_size=5))
def test_each_stratum_has_its_size_or_all_and_nobody_is_drawn_twice_or_for_nothing(
    found: list[Candidate], asked: Plan, seed: str
) -> None:
    sample = draw(found, asked, seed)
    assert len(set(refs(sample))) == len(sample)
    for name, size in asked.sizes.items():
        there, drawn = (
            sum(any(one.name == name for one in each.strata) for each in group)
            for group in (found, [one.candidate for one in sample])
        )
        assert drawn >= min(size, there)
    assert len(sample) <= sum(asked.sizes.values())
    second = sum(one.second_reader for one in sample)
    assert second == -(-len(sample) * asked.second_reader // 100)


@given(populations, st.text(max_size=5))
def test_a_referral_known_later_displaces_nobody_but_the_last(
    found: list[Candidate], seed: str
) -> None:
    late = candidate(999, Stratum(ANY))
    everybody = [replace(each, strata=each.strata | {Stratum(ANY)}) for each in found]
    before, after = (
        refs(draw(group, plan(any=5), seed)) for group in (everybody, [*everybody, late])
    )
    kept = [ref for ref in after if ref != "R-999"]
    assert kept == before[: len(kept)]
    assert len(before) - len(kept) <= 1


def test_another_seed_gives_another_sample() -> None:
    found = members(50, ANY)
    drawn = {tuple(refs(draw(found, plan(any=5), seed))) for seed in ("a", "b", "c")}
    assert len(drawn) == 3


def test_the_sample_of_a_seed_stays_what_it_was() -> None:
    assert refs(draw(members(20, ANY), plan(any=4), "2026-03\nagreed")) == [
        "R-2",
        "R-8",
        "R-13",
        "R-0",
    ]


def test_of_each_seed_anybody_may_be_drawn_and_be_read_twice() -> None:
    found = members(4, ANY)
    samples = [draw(found, plan(50, any=2), str(seed)) for seed in range(60)]
    assert {ref for sample in samples for ref in refs(sample)} == {"R-0", "R-1", "R-2", "R-3"}
    places = {sample.index(one) for sample in samples for one in sample if one.second_reader}
    assert places == {0, 1}


def test_one_drawn_for_two_strata_counts_for_both_and_once() -> None:
    both = candidate(1, Stratum(GIRLS), Stratum(REPEATS))
    sample = draw([both], plan(girls=1, repeats=1), "s")
    assert refs(sample) == ["R-1"]
    assert counts(population([both]), sample) == [(Stratum(GIRLS), 1, 1), (Stratum(REPEATS), 1, 1)]


def test_no_group_is_crowded_out_and_each_is_counted_by_itself() -> None:
    found = [*members(40, MINORITY_ETHNIC, "BCRB"), *members(2, MINORITY_ETHNIC, "WROM", begin=40)]
    for seed in "abcde":
        sample = draw(found, plan(minority_ethnic=4), seed)
        assert counts(population(found), sample) == [
            (Stratum(MINORITY_ETHNIC, "BCRB"), 40, 2), (Stratum(MINORITY_ETHNIC, "WROM"), 2, 2),
        ]  # fmt: skip


def test_a_stratum_without_anybody_drawn_is_counted_all_the_same() -> None:
    found = [*members(2, REPEATS), *members(1, GIRLS, begin=2)]
    assert counts(population(found), draw(found, plan(girls=1), "s")) == [
        (Stratum(GIRLS), 1, 1), (Stratum(REPEATS), 2, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(("share", "number"), [(0, 0), (1, 1), (10, 1), (11, 2), (100, 10)])
def test_a_second_reader_reads_a_share_rounded_up(share: int, number: int) -> None:
    sample = draw(members(10, ANY), plan(share, any=10), "s")
    assert sum(one.second_reader for one in sample) == number


def test_nobody_is_drawn_of_nobody() -> None:
    assert draw([], plan(100, any=10), "s") == ()


def test_sizes_and_share_are_policy() -> None:
    found = Plan.of(policy(), date(2026, 3, 1))
    assert found.sizes == dict.fromkeys(SIZES, 10) | {ANY: 15}
    assert found.second_reader == 10


@given(
    size=st.integers(0, 15),
    number=st.integers(0, 400),
    seed=st.text("abc123", min_size=1, max_size=8),
)
def test_the_first_lots_hold_whoever_is_drawn(size: int, number: int, seed: str) -> None:
    """Or too few of them, which is noticed."""
    found = members(number, ANY)
    turns, needed = turns_of_lots(seed), lots_needed(number, size)
    first = [one for one in found if turns[lot_of(one.key)] < needed]
    if len(first) >= min(size, number):
        assert draw(first, plan(any=size), seed) == draw(found, plan(any=size), seed)


def test_each_is_drawn_about_as_often_as_any_other() -> None:
    """Of 60 one in four by each of 400 seeds: 100 times each, give or take four deviations of 9."""
    found = members(60, ANY)
    often = Counter(
        ref for seed in range(400) for ref in refs(draw(found, plan(any=15), str(seed)))
    )
    assert len(often) == 60
    assert all(64 <= times <= 136 for times in often.values())
