import re
from pathlib import Path

from services.domain.asked import LISTS, NUMBERS
from services.domain.rules.catalogue import CATALOGUE, FAMILIES

ROOT = Path(__file__).parents[2]
NAMES = {rule.name for rule in CATALOGUE}


def test_every_rule_has_its_row_in_the_document_and_every_row_its_rule() -> None:
    table = (ROOT / "docs/rules.md").read_text()
    rows = re.findall(r"^\| `([a-z_.]+)` \| (\w+) \|", table, re.MULTILINE)
    assert dict(rows) == {rule.name: rule.lesson for rule in CATALOGUE}
    assert len(rows) == len(CATALOGUE)


def test_every_rule_has_its_boundary_table() -> None:
    tables = "\n".join(path.read_text() for path in (ROOT / "tests/domain/rules").glob("*.py"))
    assert {name for name in NAMES if name.partition(".")[2] not in tables} == set()


def test_a_rule_is_named_as_its_function() -> None:
    assert [rule.name.partition(".")[2] for rule in CATALOGUE] == [
        rule.judge.__name__ for rule in CATALOGUE
    ]


def test_every_family_is_judged_by_its_own_service_and_training_by_oversight() -> None:
    assert {rule.family for rule in CATALOGUE} - {"training"} == set(FAMILIES)
    assert sorted(rule.name for rules in FAMILIES.values() for rule in rules) == sorted(NAMES)
    assert "training.not_in_date" in {rule.name for rule in FAMILIES["oversight"]}


def test_every_number_and_list_belongs_to_a_rule_or_to_all() -> None:
    of_all = {"child", "dip_sample", "dip_sample.repeats", "dip_sample.agreement"}
    of_all |= {"lateness.recorded", "lateness.sent"}
    assert {name.rpartition(".")[0] for name in NUMBERS} - of_all <= NAMES
    assert {name.rpartition(".")[0] for name in LISTS} <= NAMES | {"completeness"}
