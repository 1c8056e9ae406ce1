"""Who sees which gap, and which events behind it? Pure: every role against every kind of gap."""

import tomllib

import pytest

from services.dashboards.sight import Sight, sight_of
from services.domain.registry import Registry
from services.runtime.auth import Caller
from services.runtime.settings import REPOSITORY
from tests.gaps import gap

CONTENT = tomllib.loads((REPOSITORY / "schemas" / "agencies.toml").read_text())
CONTENT["agencies"] |= {
    "kent-police": {"name": "Kent Police", "kind": "police", "areas": ["E23000032"]},
    "kent-csc": {"name": "Kent social care", "kind": "social-care", "areas": ["E10000016"]},
    "kent-qa": {"name": "Kent quality", "kind": "reviewer", "areas": ["E10000016"]},
}
REGISTRY = Registry.parse(CONTENT)


def sight(role: str, agency: str, *areas: str) -> Sight:
    found = sight_of(Caller("someone", agency, role, areas or None), REGISTRY)
    assert found is not None
    return found


OWED_BY_CSC = gap(1)  # shown to the police, who sent the referral
OWED_BY_POLICE = gap(2, agency="norfolk-police", visible_to=())
OWED_BY_SCHOOL = gap(3, agency="norfolk-school", visible_to=())
OWED_IN_KENT = gap(4, agency="kent-csc", visible_to=("kent-police",))
SENT_TO_KENT = gap(5, agency="kent-csc", visible_to=("norfolk-police",))
GAPS = (OWED_BY_CSC, OWED_BY_POLICE, OWED_BY_SCHOOL, OWED_IN_KENT, SENT_TO_KENT)


@pytest.mark.parametrize(
    ("role", "agency", "seen"),
    [
        ("agency", "norfolk-csc", {1}),
        ("agency", "norfolk-police", {1, 2, 5}),
        ("agency", "norfolk-school", {3}),
        ("agency", "norfolk-health", set()),
        ("agency", "kent-csc", {4, 5}),
        ("agency", "norfolk-qa", set()),
        ("police-supervisor", "norfolk-police", {1, 2, 5}),
        ("police-supervisor", "kent-police", {4}),
        ("qa-reviewer", "norfolk-qa", {1, 2, 3}),
        ("qa-reviewer", "kent-qa", {4, 5}),
    ],
)
def test_each_role_sees_what_it_may_and_nothing_else(
    role: str, agency: str, seen: set[int]
) -> None:
    reader = sight(role, agency)
    found = {n for n, one in enumerate(GAPS, 1) if reader.sees(one.agency, one.visible_to)}
    assert found == seen


@pytest.mark.parametrize(
    ("role", "agency"),
    [
        ("pcc-analyst", "norfolk-opcc"),
        ("pcc-editor", "norfolk-opcc"),
        ("administrator", "referral-watch"),
        ("administrator", "norfolk-police"),
        ("agency", "norfolk-opcc"),
        ("agency", "referral-watch"),
        ("agency", "nobody-we-know"),
        ("police-supervisor", "norfolk-csc"),
        ("qa-reviewer", "norfolk-police"),
        ("a-role-of-tomorrow", "norfolk-police"),
    ],
)
def test_whom_no_line_allows_sees_no_child(role: str, agency: str) -> None:
    assert sight_of(Caller("someone", agency, role), REGISTRY) is None


def test_a_token_narrows_a_reviewers_areas_and_never_widens_them() -> None:
    assert sight("qa-reviewer", "norfolk-qa", "E10000016").owing == frozenset()
    wide = sight("qa-reviewer", "norfolk-qa", "E10000020", "E10000016")
    assert wide == sight("qa-reviewer", "norfolk-qa")
    nowhere = sight_of(Caller("someone", "norfolk-qa", "qa-reviewer", ()), REGISTRY)
    assert nowhere is not None
    assert nowhere.owing == nowhere.listed == frozenset()


@pytest.mark.parametrize(
    ("role", "agency", "listed", "elsewhere"),
    [
        ("agency", "norfolk-csc", ["/norfolk-csc/cases"], 1),
        ("agency", "norfolk-police", ["/norfolk-police/referrals"], 1),
        ("police-supervisor", "norfolk-police", ["/norfolk-police/referrals"], 1),
        ("qa-reviewer", "norfolk-qa", ["/norfolk-police/referrals", "/norfolk-csc/cases"], 0),
    ],
)
def test_own_events_are_listed_and_others_counted(
    role: str, agency: str, listed: list[str], elsewhere: int
) -> None:
    keys, others = sight(role, agency).evidence(OWED_BY_CSC)
    assert [source for source, _ in keys] == listed
    assert others == elsewhere


def test_who_owes_a_gap_is_told_its_anchor_and_another_sender_is_not() -> None:
    twice_sent = gap(1, visible_to=("norfolk-police", "norfolk-school"))
    assert sight("agency", "norfolk-csc").shows_anchor(twice_sent)
    assert sight("agency", "norfolk-police").shows_anchor(twice_sent)
    assert not sight("agency", "norfolk-school").shows_anchor(twice_sent)
