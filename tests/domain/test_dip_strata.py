"""Which referrals are of a month, and to which strata does each belong?"""

from typing import Any

import pytest

from services.domain.chronology import fold
from services.domain.dip_sample import ANY, Candidate, Stratum
from services.domain.dip_strata import candidates, month_of
from tests.domain.lives import registry
from tests.domain.rules import build as b

OWN = frozenset({"norfolk-police", "norfolk-csc", "norfolk-school"})
MARCH = month_of(2026, 3)
AT = "2026-03-03 09:00"


def found(*events: b.Wire) -> list[Candidate]:
    return list(candidates(fold(b.life(events), registry()), b.published(), MARCH, OWN))


def strata(*events: b.Wire) -> list[str]:
    """The strata of the last referral, `any` left out."""
    own = found(*events)[-1].strata
    assert Stratum(ANY) in own
    return sorted("/".join(filter(None, one)) for one in own if one.name != ANY)


def child(**said: Any) -> dict[str, Any]:  # noqa: ANN401 - facts of a child
    return {"child": {"age": 15, **said}}


def test_a_month_begins_and_ends_in_london() -> None:
    assert month_of(2026, 3) == (
        b.when("2026-03-01T00:00:00Z"), b.when("2026-03-31T23:00:00Z"),
    )  # fmt: skip
    assert month_of(2026, 2, 3) == (b.when("2025-12-01 00:00"), b.when("2026-03-01 00:00"))
    assert month_of(2026, 12) == (b.when("2026-12-01 00:00"), b.when("2027-01-01 00:00"))


@pytest.mark.parametrize(
    ("at", "number"),
    [
        ("2026-02-28 23:59", 0), ("2026-03-01 00:00", 1),
        ("2026-03-31 23:59", 1), ("2026-04-01 00:00", 0),
    ],
)  # fmt: skip
def test_a_referral_is_of_the_month_in_which_it_was_first_made(at: str, number: int) -> None:
    assert len(found(b.made(at))) == number
    assert len(found(b.made(at), b.made("2026-04-02 09:00"))) == number


def test_one_that_was_withdrawn_or_retracted_or_about_an_adult_is_not_drawn() -> None:
    made = b.made(AT)
    assert found(made, b.withdrawn("2026-03-04 09:00")) == []
    assert found(made, b.retracted(made)) == []
    assert found(b.made(AT, age=18)) == []
    assert len(found(b.made(AT, age=None))) == 1


def test_one_of_another_area_is_not_drawn() -> None:
    assert found(b.made(AT, source="/kent-police/referrals")) == []


def test_a_referral_says_who_made_it_when_about_whom() -> None:
    made = b.made(AT)
    (one,) = found(made)
    assert (one.key, one.child_ref, one.referral_ref, one.agency, one.made_at) == (
        (made["source"], made["id"]), "child-1", "R-1", "norfolk-police", b.when(AT),
    )  # fmt: skip
    assert (one.sex_known, one.ethnicity_known) == (False, False)


def test_no_further_action_is_an_outcome_at_any_time() -> None:
    later = "2026-05-03 09:00"
    assert strata(b.made(AT), b.decided(later, decision="no-further-action")) == [
        "no-further-action"
    ]
    assert strata(b.made(AT), b.decided(later)) == []
    theirs = b.decided(later, source="/kent-csc/cases", decision="no-further-action")
    assert strata(b.made(AT), theirs) == []


def test_general_cid_is_where_it_came_from() -> None:
    assert strata(b.made(AT, unit="general-cid")) == ["general-cid"]
    assert strata(b.made(AT, unit="custody")) == []


@pytest.mark.parametrize(
    ("trigger", "ref", "name"),
    [
        (b.detained("2026-03-02 09:00"), "C-1", ["custody"]),
        (b.interviewed("2026-03-02 09:00", basis="custody"), "V-1", ["custody"]),
        (b.interviewed("2026-03-02 09:00", basis="voluntary"), "V-1", ["voluntary-interview"]),
        (b.exposed("2026-03-02 09:00"), "I-1", []),
        (b.detained("2026-03-02 09:00"), "C-2", []),
        (b.detained("2026-03-02 09:00", source="/kent-police/custody"), "C-1", []),
    ],
)
def test_custody_and_voluntary_interviews_count_where_they_are_named_as_triggers(
    trigger: b.Wire, ref: str, name: list[str]
) -> None:
    assert strata(trigger, b.made(AT, triggers=[ref])) == name
    assert strata(trigger, b.made(AT), b.amended("2026-03-04 09:00", triggers=[ref])) == name


@pytest.mark.parametrize(
    ("said", "name", "known"),
    [
        ({"sex": "F"}, ["girls"], (True, False)),
        ({"sex": "M"}, [], (True, False)),
        ({"sex": "U"}, [], (False, False)),
        ({"ethnicity": "BCRB"}, ["minority-ethnic/BCRB"], (False, True)),
        ({"ethnicity": "WROM"}, ["minority-ethnic/WROM"], (False, True)),
        ({"ethnicity": "WBRI"}, [], (False, True)),
        ({"ethnicity": "REFU"}, [], (False, False)),
        ({"ethnicity": "NOBT"}, [], (False, False)),
    ],
)
def test_girls_and_each_minority_group_are_strata_and_the_unknown_is_counted(
    said: dict[str, str], name: list[str], known: tuple[bool, bool]
) -> None:
    made = b.made(AT, **child(**said))
    assert strata(made) == name
    (one,) = found(made)
    assert (one.sex_known, one.ethnicity_known) == known


def test_what_was_last_stated_counts_and_not_stating_unsays_nothing() -> None:
    made = b.made(AT, **child(ethnicity="BCRB", sex="M"))
    later = b.received("2026-03-04 09:00", **child(ethnicity="NOBT", sex="F"))
    assert strata(made, later) == ["girls", "minority-ethnic/BCRB"]


def test_the_third_referral_within_a_year_is_a_repeat() -> None:
    first = b.made("2025-03-03 09:00")
    second = b.made("2025-09-03 09:00", referral_ref="R-2")
    third = b.made(AT, referral_ref="R-3")
    assert strata(second, third) == []
    assert strata(first, second, third) == ["repeats"]
    assert strata(b.made("2025-03-03 08:59"), second, third) == []


def test_neither_a_later_nor_a_withdrawn_nor_another_areas_referral_makes_a_repeat() -> None:
    second = b.made("2026-02-03 09:00", referral_ref="R-2")
    third = b.made(AT, referral_ref="R-3")
    assert strata(second, third, b.made("2026-04-03 09:00", referral_ref="R-4")) == []
    gone = (b.made("2026-01-03 09:00"), b.withdrawn("2026-01-04 09:00"))
    assert strata(*gone, second, third) == []
    theirs = b.made("2026-01-03 09:00", source="/kent-police/referrals")
    assert strata(theirs, second, third) == []
