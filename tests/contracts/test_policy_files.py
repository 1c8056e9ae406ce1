"""Is every number that the contract names in the policy, dated and with its source?"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from services.domain import asked
from services.runtime.contracts import Contracts

NUMBERS = {
    "child.age_below": (18, "years", "statute"),
    "timeliness.referral_not_made.detention": (24, "hours", "assumption"),
    "timeliness.referral_not_made.suspect_interview": (24, "hours", "assumption"),
    "timeliness.referral_not_made.red": (24, "hours", "assumption"),
    "timeliness.referral_not_made.amber": (72, "hours", "assumption"),
    "timeliness.decision_overdue.limit": (1, "working-days", "guidance"),
    "timeliness.referrer_not_told.limit": (1, "working-days", "guidance"),
    "timeliness.assessment_overdue.limit": (45, "working-days", "guidance"),
    "timeliness.conference_overdue.limit": (15, "working-days", "guidance"),
    "timeliness.support_not_started.limit": (28, "days", "assumption"),
    "completeness.reason_unclear.words": (5, "words", "assumption"),
    "cumulative_harm.not_recognised.incidents": (3, "incidents", "assumption"),
    "cumulative_harm.not_recognised.within": (90, "days", "assumption"),
    "cumulative_harm.not_recognised.limit": (24, "hours", "assumption"),
    "cumulative_harm.repeated_no_further_action.decisions": (2, "decisions", "assumption"),
    "cumulative_harm.repeated_no_further_action.within": (365, "days", "assumption"),
    "oversight.not_reviewed.limit": (24, "hours", "assumption"),
    "oversight.returned_not_mended.limit": (24, "hours", "assumption"),
    "training.not_in_date.valid": (3, "years", "assumption"),
    "equity.exploitation_not_screened.limit": (24, "hours", "assumption"),
    "equity.no_appropriate_adult.limit": (3, "hours", "assumption"),
    "equity.girl_hidden_harm.incidents": (2, "incidents", "assumption"),
    "equity.suspect_only.incidents": (2, "incidents", "assumption"),
    "dip_sample.any": (15, "referrals", "assumption"),
    **dict.fromkeys(
        (
            "dip_sample.no_further_action",
            "dip_sample.general_cid",
            "dip_sample.custody",
            "dip_sample.voluntary_interview",
            "dip_sample.girls",
            "dip_sample.minority_ethnic",
            "dip_sample.repeats",
        ),
        (10, "referrals", "assumption"),
    ),
    "dip_sample.repeats.referrals": (3, "referrals", "assumption"),
    "dip_sample.repeats.within": (365, "days", "assumption"),
    "dip_sample.second_reader": (10, "percent", "assumption"),
    "dip_sample.agreement.pairs": (10, "referrals", "assumption"),
    "lateness.recorded.limit": (24, "hours", "assumption"),
    "lateness.sent.limit": (24, "hours", "assumption"),
}
LISTS = {
    "completeness.information_missing.required": [
        "address",
        "where_now",
        "immediate_safety",
        "parents_or_carers",
        "siblings",
        "school",
        "gp",
        "ethnicity",
        "language",
        "disability",
        "consent",
        "actions_taken",
        "known_workers",
    ],
    "completeness.placeholders": ["n/a", "unknown", "tbc", "none given", "?"],
    "training.not_in_date.courses": ["child-vulnerability"],
    "training.not_in_date.units": ["general-cid", "response", "custody"],
}
STANDINGS = {"statute", "guidance", "local", "assumption"}


@pytest.fixture(scope="module")
def default(schemas: Path) -> dict[str, Any]:
    return read(schemas, "default")


def read(schemas: Path, name: str) -> dict[str, Any]:
    return tomllib.loads((schemas / "policy" / f"{name}.toml").read_text(encoding="utf-8"))


def test_every_number_of_the_contract_is_there_and_no_other(default: dict[str, Any]) -> None:
    found = {
        name: (lines[-1]["value"], lines[-1]["unit"], lines[-1]["standing"])
        for name, lines in default["numbers"].items()
    }
    assert found == NUMBERS


def test_every_list_of_the_contract_is_there_and_no_other(default: dict[str, Any]) -> None:
    found = {name: lines[-1]["values"] for name, lines in default["lists"].items()}
    assert found == LISTS


def test_what_is_in_the_policy_is_what_is_asked_for_in_a_unit_that_it_may_have(
    default: dict[str, Any],
) -> None:
    stated = {name: {line["unit"] for line in own} for name, own in default["numbers"].items()}
    named = "name it in services/domain/asked.py"
    assert stated.keys() == asked.NUMBERS.keys(), named
    assert {name for name, units in stated.items() if not units <= asked.NUMBERS[name]} == set()
    assert default["lists"].keys() | {"equity.adult_language.phrases"} == asked.LISTS, named


def test_every_line_states_source_and_standing(schemas: Path, default: dict[str, Any]) -> None:
    tables = [default["numbers"], default["lists"], read(schemas, "adult-language")["lists"]]
    for name, lines in [each for table in tables for each in table.items()]:
        for line in lines:
            assert line["source"], name
            assert line["standing"] in STANDINGS, name


def test_the_first_line_has_no_lower_date_and_the_rest_are_in_order(
    default: dict[str, Any],
) -> None:
    for name, lines in [*default["numbers"].items(), *default["lists"].items()]:
        assert "since" not in lines[0], name
        days = [line["since"] for line in lines[1:]]
        assert days == sorted(set(days)), name


def test_the_agencies_of_the_demo_and_the_sandbox_send_everything_with_no_lower_date(
    schemas: Path,
) -> None:
    feeds = {feed["agency"]: feed for feed in read(schemas, "feeds")["feeds"] if "agency" in feed}
    assert feeds.keys() == {
        "norfolk-police",
        "norfolk-csc",
        "norfolk-school",
        "norfolk-voluntary",
        "norfolk-health",
        "sandbox",
    }
    assert all(feed["types"] == ["*"] and "since" not in feed for feed in feeds.values())


def test_the_census_feeds_no_decision_and_no_word_to_the_referrer(
    schemas: Path, contracts: Contracts
) -> None:
    census = [
        feed
        for feed in read(schemas, "feeds")["feeds"]
        if feed.get("source", "").endswith("census")
    ]
    assert [feed["source"] for feed in census] == ["/norfolk-csc/cin-census"]
    assert set(census[0]["types"]) == contracts.types & {
        f"social-care.{fact}.v1"
        for fact in (
            "referral-received",
            "assessment-started",
            "assessment-completed",
            "strategy-discussion-held",
            "conference-held",
            "case-closed",
        )
    }


def test_the_list_of_adult_language_is_the_contracts(schemas: Path) -> None:
    lists = read(schemas, "adult-language")["lists"]
    phrases = lists["equity.adult_language.phrases"][-1]["values"]
    assert len(phrases) == len(set(phrases)) == 17
    assert phrases[0] == "streetwise"
    assert phrases[-1] == "old enough to know"


def test_the_files_make_a_policy_with_a_version(contracts: Contracts) -> None:
    policy = contracts.policy()
    assert policy.version
    assert policy.version == contracts.policy().version
