"""May each agency send what the contract says, and nothing else?"""

import tomllib
from pathlib import Path

import pytest

from services.runtime.contracts import Contracts

POLICE = {
    "police",
    "referral",
    "no-referral",
    "oversight",
    "training",
    "gap",
    "alert",
    "disagreement",
    "basis",
    "child",
    "event",
}
PARTNER = {
    "partner",
    "service",
    "referral",
    "no-referral",
    "training",
    "gap",
    "alert",
    "disagreement",
    "basis",
    "event",
}
FAMILIES = {
    "norfolk-police": POLICE,
    "norfolk-csc": PARTNER | {"social-care"},
    "norfolk-school": PARTNER,
    "norfolk-voluntary": PARTNER,
    "norfolk-health": PARTNER,
    "norfolk-qa": {
        "oversight",
        "referral",
        "training",
        "gap",
        "alert",
        "disagreement",
        "basis",
        "child",
        "event",
    },
    "sandbox": (POLICE | PARTNER | {"social-care"}) - {"alert", "child", "disagreement", "basis"},
    "norfolk-opcc": set(),
    "referral-watch": {"identity"},
}


@pytest.mark.parametrize("agency", FAMILIES)
def test_an_agency_may_send_the_families_of_its_kind(agency: str, contracts: Contracts) -> None:
    sent = {each for each in contracts.types if contracts.registry.may_send(agency, each)}
    expected = {each for each in contracts.types if each.split(".")[0] in FAMILIES[agency]}
    assert sent == expected


def test_the_registry_holds_these_agencies_and_no_other(contracts: Contracts) -> None:
    assert contracts.registry.agencies.keys() == FAMILIES.keys()


def test_a_stranger_may_send_nothing(contracts: Contracts) -> None:
    assert not contracts.registry.may_send("elsewhere-police", "police.child-detained.v1")


def test_norfolks_social_care_is_found_by_the_county_and_not_by_the_force_area(
    contracts: Contracts,
) -> None:
    assert contracts.registry.social_care_of("E10000020") == "norfolk-csc"
    assert contracts.registry.social_care_of("E23000024") is None
    assert contracts.lea["926"] == "E10000020"


def test_every_pattern_of_the_registry_allows_some_type(
    schemas: Path, contracts: Contracts
) -> None:
    kinds = tomllib.loads((schemas / "agencies.toml").read_text(encoding="utf-8"))["kinds"]
    for kind in kinds.values():
        for pattern in kind["may_send"]:
            allowed = [
                each
                for each in contracts.types
                if each == pattern
                or (pattern.endswith(".*") and each.startswith(pattern.removesuffix("*")))
            ]
            assert allowed, pattern


def test_every_set_of_codes_states_its_source(schemas: Path) -> None:
    files = sorted((schemas / "codes").glob("*.toml"))
    assert len(files) >= 10
    for file in files:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        assert content["source"], file.name
        assert all(isinstance(label, str) and label for label in content["codes"].values())


def test_the_units_and_course_that_the_policy_names_are_codes(contracts: Contracts) -> None:
    assert {"general-cid", "response", "custody", "child-abuse-unit"} <= contracts.codes[
        "unit"
    ].keys()
    assert "child-vulnerability" in contracts.codes["course"]
