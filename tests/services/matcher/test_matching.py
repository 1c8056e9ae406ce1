"""Which records are one child's: tables of conflicts, and laws that hold for any records."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.matching import CROWD, child_refs, match
from services.intake.records import Record, Value, conflict

MADE = datetime(2026, 1, 1, tzinfo=UTC)
NHS: Value = ("nhs", b"n")
UPN: Value = ("upn", b"u")
REFERRAL: Value = ("referral", b"r")


def record(
    ref: str,
    *values: Value,
    birth: str | None = None,
    sex: str | None = None,
    agency: str | None = None,
    child_ref: str | None = None,
) -> Record:
    made = MADE + timedelta(days=ord(ref[0]))
    stated = birth.encode() if birth else None
    return Record(ref, agency or ref, made, child_ref or ref, frozenset(values), stated, sex)


def groups(*records: Record) -> set[frozenset[str]]:
    return {group for group in match(records).groups if len(group) > 1}


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (("2010", "F"), ("2010", "F"), None),
        (("2010", "F"), ("2011", "F"), "birth-date"),
        (("2010", "F"), ("2010", "M"), "sex"),
        (("2010", "F"), ("2011", "M"), "birth-date"),
        (("2010", "F"), (None, None), None),
        (("2010", "F"), ("2010", "U"), None),
        ((None, "U"), (None, "M"), None),
        ((None, "F"), (None, "M"), "sex"),
        ((None, "F"), ("2010", None), None),
    ],
)
def test_records_conflict_only_over_what_both_state(
    one: tuple[str | None, str | None], other: tuple[str | None, str | None], reason: str | None
) -> None:
    a = record("a", NHS, birth=one[0], sex=one[1])
    b = record("b", NHS, birth=other[0], sex=other[1])
    assert conflict(a, b) == conflict(b, a) == reason
    assert (groups(a, b) == set()) is (reason is not None)
    assert [review.reason for review in match([a, b]).reviews.values()] == (
        [reason] if reason else []
    )


@pytest.mark.parametrize("value", [NHS, UPN, REFERRAL])
def test_any_of_the_three_kinds_of_value_links(value: Value) -> None:
    assert groups(record("a", value), record("b", value)) == {frozenset("ab")}


def test_links_go_on_over_different_values() -> None:
    chain = (
        record("a", NHS),
        record("b", NHS, UPN),
        record("c", UPN, REFERRAL),
        record("d", REFERRAL),
    )
    assert groups(*chain) == {frozenset("abcd")}


def test_a_conflict_over_one_value_leaves_what_another_links() -> None:
    a = record("a", NHS, UPN, birth="2010")
    b = record("b", NHS, birth="2011")
    c = record("c", UPN, birth="2010")
    found = match([a, b, c])
    assert set(found.groups) == {frozenset("ac"), frozenset("b")}
    assert found.reviews.keys() == {NHS}


def test_one_who_states_nothing_does_not_bridge_two_who_conflict() -> None:
    a, b = record("a", NHS, birth="2010", sex="F"), record("b", NHS)
    c = record("c", NHS, birth="2011", sex="F")
    found = match([a, b, c])
    assert not {group for group in found.groups if len(group) > 1}
    assert found.reviews[NHS].records == ("a", "b", "c")


def test_where_somebody_would_bridge_those_stay_linked_who_agree_on_all() -> None:
    a, b = (record(ref, NHS, birth="2010", sex="F") for ref in "ab")
    bridge, other = record("c", NHS, birth="2010"), record("d", NHS, sex="M")
    assert groups(a, b, bridge, other) == {frozenset("ab")}


def test_two_children_under_one_number_are_two_groups() -> None:
    a, b = (record(ref, NHS, birth="2010") for ref in "ab")
    c, d = (record(ref, NHS, birth="2011") for ref in "cd")
    assert groups(a, b, c, d) == {frozenset("ab"), frozenset("cd")}
    assert match([a, b, c, d]).reviews[NHS].reason == "birth-date"


def test_a_referral_ref_used_twice_by_one_agency_links_nobody() -> None:
    a, b = (record(ref, REFERRAL, agency="school") for ref in "ab")
    c = record("c", REFERRAL, agency="police")
    assert groups(a, b, c) == set()
    assert not match([a, b, c]).reviews


def test_a_crowd_links_nobody_and_is_reviewed() -> None:
    records = [record(f"{number:03}", NHS) for number in range(CROWD + 1)]
    found = match(records, {NHS})
    assert len(found.groups) == len(records)
    assert found.reviews[NHS].reason == "crowded"


def test_a_merge_keeps_the_ref_that_the_oldest_record_goes_by() -> None:
    records = {r.record_ref: r for r in (record("a"), record("b", child_ref="b"), record("c"))}
    assert dict(child_refs([frozenset("abc")], records)) == dict.fromkeys("abc", "a")


def test_a_ref_in_use_is_kept_although_an_older_record_joins() -> None:
    records = {
        r.record_ref: r
        for r in (record("a", child_ref="c"), record("b", child_ref="b"), record("c"))
    }
    assert dict(child_refs([frozenset("abc")], records)) == dict.fromkeys("abc", "c")


def test_whose_ref_a_group_used_takes_it_along_when_it_leaves() -> None:
    records = {r.record_ref: r for r in (record(ref, child_ref="a") for ref in "abc")}
    refs = dict(child_refs([frozenset("a"), frozenset("bc")], records))
    assert refs == {"a": "a", "b": "b", "c": "b"}


any_record = st.builds(
    lambda agency, values, birth, sex: (agency, frozenset(values), birth, sex),
    st.sampled_from(["police", "school", "csc"]),
    st.sets(st.sampled_from([NHS, ("nhs", b"m"), UPN, REFERRAL, ("referral", b"s")]), max_size=3),
    st.sampled_from([None, b"2010", b"2011"]),
    st.sampled_from([None, "M", "F", "U"]),
)


def built(parts: list[tuple[str, frozenset[Value], bytes | None, str | None]]) -> list[Record]:
    return [
        Record(f"{place:02}", agency, MADE, f"{place:02}", values, birth, sex)
        for place, (agency, values, birth, sex) in enumerate(parts)
    ]


@given(st.lists(any_record, max_size=9).map(built), st.randoms())
def test_the_order_of_records_makes_no_difference(records: list[Record], dice: object) -> None:
    shuffled = list(records)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = match(records), match(shuffled)
    assert set(one.groups) == set(other.groups)
    assert one.reviews == other.reviews


@given(st.lists(any_record, max_size=9).map(built))
def test_one_value_never_joins_two_who_conflict(records: list[Record]) -> None:
    for value in {value for one in records for value in one.values}:
        alone = [
            Record(r.record_ref, r.agency, r.created_at, r.child_ref, r.values & {value}, r.birth,
                   r.sex)
            for r in records
        ]  # fmt: skip
        by_ref = {one.record_ref: one for one in alone}
        for group in match(alone).groups:
            for a, b in combinations(group, 2):
                assert conflict(by_ref[a], by_ref[b]) is None


@given(st.lists(st.lists(any_record, min_size=6, max_size=6).map(built), min_size=1, max_size=5))
def test_no_ref_ever_stands_for_two_children(stages: list[list[Record]]) -> None:
    held = {one.record_ref: one.record_ref for one in stages[0]}
    for stage in stages:
        records = {
            r.record_ref: Record(r.record_ref, r.agency, r.created_at, held[r.record_ref], r.values,
                                 r.birth, r.sex)
            for r in stage
        }  # fmt: skip
        groups_now = match(records.values()).groups
        held = dict(child_refs(groups_now, records))
        for group in groups_now:
            refs = {held[ref] for ref in group}
            assert len(refs) == 1
            assert refs <= group
