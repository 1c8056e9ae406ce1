"""Is what is written down of the rules what they are, and has each its boundary table?"""

import json
from pathlib import Path

import pytest

from deploy.catalogue import (
    CATALOGUE,
    END,
    MEASURES_PAGE,
    PAGE,
    RETENTION_PAGE,
    NoMarks,
    described,
    measured,
    page,
    schedule,
    tables,
    written,
)
from services.domain.rules.catalogue import CATALOGUE as RULES

BOUNDARY_TABLES = Path(__file__).parents[1] / "domain" / "rules"
AGAIN = "run `python -m deploy.catalogue`"


def test_the_kept_catalogue_is_what_the_rules_and_the_policy_say() -> None:
    assert CATALOGUE.read_text(encoding="utf-8") == written(described()), AGAIN


def test_the_page_has_the_tables_of_the_catalogue() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(text, tables(described())), AGAIN


def test_the_page_of_measures_has_what_each_counts() -> None:
    text = MEASURES_PAGE.read_text(encoding="utf-8")
    assert text == page(text, measured()), AGAIN


def test_the_page_on_retention_has_the_table_of_the_schedule() -> None:
    text = RETENTION_PAGE.read_text(encoding="utf-8")
    assert text == page(text, schedule()), AGAIN


def test_a_page_without_a_place_for_tables_is_left_alone() -> None:
    text = PAGE.read_text(encoding="utf-8")
    with pytest.raises(NoMarks):
        page(text.replace(END, ""), "made")


def test_the_catalogue_names_every_rule_its_sentence_and_every_dated_line() -> None:
    kept = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    assert [rule["rule"] for rule in kept["rules"]] == [rule.name for rule in RULES]
    assert all(rule["owed"] and rule["closed_by"] and rule["closing"] for rule in kept["rules"])
    lines = [*kept["shared"], *(line for rule in kept["rules"] for line in rule["policy"])]
    assert all(line["source"] and line["standing"] for line in lines)
    assert {line["name"] for line in lines} >= {"child.age_below", "training.not_in_date.units"}


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_every_rule_has_a_boundary_table_of_its_own(rule: str) -> None:
    name = rule.partition(".")[2]
    tables = [path.stem for path in BOUNDARY_TABLES.glob("test_*.py")]
    assert f"test_{name}" in tables
