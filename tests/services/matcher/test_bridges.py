"""Whom do two values join that agree each by itself? Never two who conflict, in any order."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.children import pupil_number
from services.intake.matching import match
from services.intake.records import Record, Value, conflict
from tests.services.matcher.test_matching import MADE, NHS, REFERRAL, UPN, groups, record
from tests.services.matcher.vaulted import NHS as NUMBER
from tests.services.matcher.vaulted import POLICE, SCHOOL, Vaulted, concern, missing

OTHER_NHS: Value = ("nhs", b"m")
OTHER_UPN: Value = ("upn", b"v")
OTHER_REFERRAL: Value = ("referral", b"s")
VALUES = [NHS, OTHER_NHS, UPN, OTHER_UPN, REFERRAL, OTHER_REFERRAL]


def together(*names: str) -> set[frozenset[str]]:
    return {frozenset(name) for name in names}


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [({"birth": "2010"}, {"birth": "2011"}, "birth-date"), ({"sex": "F"}, {"sex": "M"}, "sex")],
)
def test_one_with_two_childrens_numbers_is_linked_with_neither(
    one: dict[str, str], other: dict[str, str], reason: str
) -> None:
    chain = [record("a", NHS, **one), record("b", NHS, UPN), record("c", UPN, **other)]
    found = match(chain)
    assert set(found.groups) == together("a", "b", "c")
    reviews = {value: (one.records, one.reason) for value, one in found.reviews.items()}
    assert reviews == {NHS: (("a", "b"), reason), UPN: (("b", "c"), reason)}


def test_a_bridge_takes_nobody_else_off_their_child() -> None:
    a, d, e = record("a", NHS, birth="2010"), record("d", NHS), record("e", NHS, birth="2010")
    bridge, c = record("b", NHS, UPN), record("c", UPN, birth="2011")
    assert groups(a, d, e, bridge, c) == together("ade")


def test_two_with_the_same_two_numbers_stay_together() -> None:
    a, c = record("a", NHS, birth="2010"), record("c", UPN, birth="2011")
    assert groups(a, record("b", NHS, UPN), record("d", NHS, UPN), c) == together("bd")


def test_what_hangs_on_a_bridge_or_on_a_side_stays_there() -> None:
    a, c = record("a", NHS, OTHER_UPN, birth="2010"), record("c", UPN, birth="2011")
    bridge, on_bridge = record("b", NHS, UPN, OTHER_NHS), record("d", OTHER_NHS)
    on_side = record("e", OTHER_UPN)
    assert groups(a, bridge, c, on_bridge, on_side) == together("ae", "bd")


def test_a_longer_bridge_stays_whole_and_stands_alone() -> None:
    a, d = record("a", NHS, birth="2010"), record("d", OTHER_NHS, birth="2011")
    b, c = record("b", NHS, UPN), record("c", UPN, OTHER_NHS)
    found = match([a, b, c, d])
    assert set(found.groups) == together("a", "bc", "d")
    assert found.reviews.keys() == {NHS, OTHER_NHS}


def test_one_who_is_linked_with_its_own_side_is_not_lost_to_a_conflict_of_sex() -> None:
    a, b = record("a", NHS, birth="2010", sex="F"), record("b", NHS, UPN, birth="2010")
    c = record("c", UPN, sex="M")
    found = match([a, b, c])
    assert set(found.groups) == together("a", "b", "c")
    assert {one.reason for one in found.reviews.values()} == {"sex"}


def test_a_referral_gives_way_to_a_number() -> None:
    a, c = record("a", NHS, birth="2010"), record("c", REFERRAL, birth="2011")
    found = match([a, record("b", NHS, REFERRAL), c])
    assert set(found.groups) == together("ab", "c")
    assert found.reviews[REFERRAL].records == ("b", "c")
    assert found.reviews.keys() == {REFERRAL}


def test_a_referral_between_two_children_joins_none_of_their_records() -> None:
    a, b = record("a", NHS, birth="2010"), record("b", NHS, REFERRAL)
    c, d = record("c", REFERRAL, UPN), record("d", UPN, birth="2011")
    assert groups(a, b, c, d) == together("ab", "cd")


def test_two_referrals_of_two_children_are_a_bridge_as_well() -> None:
    a, c = record("a", REFERRAL, sex="F"), record("c", OTHER_REFERRAL, sex="M")
    assert groups(a, record("b", REFERRAL, OTHER_REFERRAL), c) == set()


any_record = st.builds(
    lambda agency, values, birth, sex: (agency, frozenset(values), birth, sex),
    st.sampled_from(["police", "school", "csc", "health"]),
    st.sets(st.sampled_from(VALUES), max_size=3),
    st.sampled_from([None, None, b"2010", b"2011"]),
    st.sampled_from([None, None, "M", "F", "U"]),
)
any_records = st.lists(any_record, max_size=12).map(
    lambda parts: [
        Record(f"{place:02}", agency, MADE, f"{place:02}", values, birth, sex)
        for place, (agency, values, birth, sex) in enumerate(parts)
    ]
)


@given(any_records)
def test_no_group_ever_holds_two_who_conflict(records: list[Record]) -> None:
    by_ref = {one.record_ref: one for one in records}
    for group in match(records).groups:
        assert not [pair for pair in combinations(group, 2) if conflict(*map(by_ref.get, pair))]  # type: ignore[arg-type]


@given(any_records, st.randoms())
def test_no_order_of_records_makes_other_groups(records: list[Record], dice: object) -> None:
    shuffled = list(records)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = match(records), match(shuffled)
    assert set(one.groups) == set(other.groups)
    assert one.reviews == other.reviews


@given(any_records)
def test_a_number_whose_holders_take_no_side_or_all_the_same_links_them_all(
    records: list[Record],
) -> None:
    group_of = {ref: group for group in match(records).groups for ref in group}
    for value in [NHS, OTHER_NHS, UPN, OTHER_UPN]:
        sharing = [one for one in records if value in one.values]
        if len({(one.birth, one.known_sex) for one in sharing}) == 1:
            assert len({group_of[one.record_ref] for one in sharing}) == 1


@given(any_records, any_records)
def test_whoever_shares_nothing_with_a_conflict_keeps_every_link(
    records: list[Record], others: list[Record]
) -> None:
    renamed = [
        Record(f"x{one.record_ref}", f"x{one.agency}", MADE, f"x{one.record_ref}",
               frozenset((kind, b"x" + value) for kind, value in one.values), one.birth, one.sex)
        for one in others
    ]  # fmt: skip
    assert set(match(records).groups) <= set(match([*records, *renamed]).groups)


@given(any_records)
def test_without_a_conflict_among_them_all_that_hangs_together_is_linked(
    records: list[Record],
) -> None:
    silent = [
        Record(one.record_ref, one.record_ref, MADE, one.record_ref, one.values) for one in records
    ]
    found = match(silent)
    assert not found.reviews
    group_of = {ref: group for group in found.groups for ref in group}
    for a, b in combinations(silent, 2):
        if a.values & b.values:
            assert group_of[a.record_ref] == group_of[b.record_ref]


@given(any_records)
def test_a_review_stands_for_exactly_the_values_whose_holders_are_apart(
    records: list[Record],
) -> None:
    found = match(records)
    group_of = {ref: group for group in found.groups for ref in group}
    for value in VALUES:
        sharing = [one for one in records if value in one.values]
        by_agency = {one.agency for one in sharing}
        links = value[0] != "referral" or len(by_agency) == len(sharing)
        apart = len({group_of[one.record_ref] for one in sharing}) > 1
        assert (value in found.reviews) is (links and apart)


async def test_a_bridge_between_two_children_is_undone_when_they_conflict_and_stands_when_not(
    vaulted: Vaulted,
) -> None:
    health, upn = ("norfolk-health", "h1"), pupil_number(1)
    await vaulted.tell(
        missing("p1", nhs_number=NUMBER, date_of_birth="2010-05-01"),
        concern("s1", nhs_number=NUMBER, upn=upn),
        concern("h1", agency="norfolk-health", upn=upn),
    )
    assert await vaulted.together(POLICE, SCHOOL, health)
    await vaulted.tell(concern("h1", minute=3, agency="norfolk-health", date_of_birth="2011-05-01"))
    refs = [await vaulted.record(*who) for who in (POLICE, SCHOOL, health)]
    assert len({child_ref for _, child_ref, _ in refs}) == 3
    assert await vaulted.reviews() == [("nhs", "birth-date"), ("upn", "birth-date")]
    named = await vaulted.pool.fetch("SELECT records FROM review WHERE closed_at IS NULL")
    assert {ref for row in named for ref in row["records"]} == {ref for ref, _, _ in refs}
    await vaulted.tell(concern("h1", minute=5, agency="norfolk-health", date_of_birth="2010-05-01"))
    assert await vaulted.together(POLICE, SCHOOL, health)
    assert await vaulted.reviews() == []
