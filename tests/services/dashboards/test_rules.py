"""What does `GET /api/v1/rules` answer, to whom?"""

import pytest

from services.domain.rules.catalogue import CATALOGUE
from services.runtime.contracts import Contracts
from tests.services.dashboards.conftest import Ask

PATH = "/api/v1/rules"


@pytest.mark.parametrize(
    "persona", ["norfolk-school", "qa-reviewer", "pcc-analyst", "administrator"]
)
async def test_everybody_whom_we_know_may_read_every_rule(ask: Ask, persona: str) -> None:
    answer = await ask(persona, PATH)
    assert answer.status_code == 200
    assert [one["rule"] for one in answer.json()["rules"]] == [rule.name for rule in CATALOGUE]


async def test_nobody_else_may(ask: Ask) -> None:
    assert (await ask(None, PATH)).status_code == 401


async def test_a_rule_comes_with_what_it_says_and_every_line_of_its_numbers(ask: Ask) -> None:
    answer = (await ask("pcc-analyst", PATH)).json()
    found = {one["rule"]: one for one in answer["rules"]}
    harm = found["cumulative_harm.not_recognised"]
    assert (harm["judge"], harm["lesson"], harm["kind"]) == ("cumulative_harm", "1", "gap")
    assert "strategy discussion" in harm["closed_by"]
    assert "social-care.strategy-discussion-held.v1" in harm["closing"]
    assert {(one["name"].rpartition(".")[2], one["value"]) for one in harm["policy"]} == {
        ("incidents", 3), ("within", 90), ("limit", 24),
    }  # fmt: skip
    assert all(one["source"] and one["standing"] for one in harm["policy"])
    training = found["training.not_in_date"]
    assert training["judge"] == "oversight"
    lists = {one["name"]: one["values"] for one in training["policy"] if "values" in one}
    assert lists["training.not_in_date.courses"] == ["child-vulnerability"]


async def test_no_number_is_left_out_and_none_told_twice(ask: Ask, contracts: Contracts) -> None:
    answer = (await ask("pcc-analyst", PATH)).json()
    told = [one["name"] for rule in answer["rules"] for one in rule["policy"]]
    told += [one["name"] for one in answer["shared"]]
    policy = contracts.policy()
    assert sorted(told) == sorted([*policy.numbers, *policy.lists])
    assert answer["policy_version"] == policy.version
