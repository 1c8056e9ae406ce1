"""Does what partners rely on still mean what it meant?"""

import json
import shutil
from pathlib import Path

import pytest

from services.runtime.released import changed, release, unreleased

HOW = "run `python -m services.runtime.released` (new types only; its docstring says the rest)"
EXPOSED = "events/police.child-exposed.v1.json"


@pytest.fixture
def copy(tmp_path: Path, schemas: Path) -> Path:
    target = tmp_path / "schemas"
    shutil.copytree(schemas, target)
    return target


def edit(path: Path, **changes: object) -> None:
    schema = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(schema | changes), encoding="utf-8")


def test_no_released_schema_has_changed(schemas: Path) -> None:
    assert changed(schemas) == [], "a released schema means something else: make a new version"


def test_every_schema_is_released(schemas: Path) -> None:
    assert unreleased(schemas) == [], HOW


def test_a_changed_schema_is_noticed_and_not_released_again(copy: Path) -> None:
    edit(copy / EXPOSED, required=["child"])
    assert changed(copy) == [EXPOSED]
    with pytest.raises(SystemExit, match="Make a new version"):
        release(copy)


def test_a_change_of_a_shared_definition_changes_every_type_that_uses_it(copy: Path) -> None:
    path = copy / "events" / "definitions.json"
    shared = json.loads(path.read_text(encoding="utf-8"))["$defs"]
    edit(path, **{"$defs": shared | {"grade": {"enum": ["green", "amber", "red", "black"]}}})
    assert set(changed(copy)) == {EXPOSED, "events/partner.concern-raised.v1.json"}


def test_other_words_are_no_other_meaning(copy: Path) -> None:
    edit(copy / EXPOSED, title="Told better")
    assert changed(copy) == []


def test_a_schema_that_is_gone_is_noticed(copy: Path) -> None:
    (copy / EXPOSED).unlink()
    assert changed(copy) == [EXPOSED]


def test_a_new_type_is_released(copy: Path) -> None:
    shutil.copy(copy / EXPOSED, copy / "events" / "police.child-exposed.v2.json")
    assert unreleased(copy) == ["events/police.child-exposed.v2.json"]
    assert release(copy) == ["events/police.child-exposed.v2.json"]
    assert unreleased(copy) == []


def test_an_added_optional_field_is_released_when_it_is_named(copy: Path) -> None:
    properties = json.loads((copy / EXPOSED).read_text(encoding="utf-8"))["properties"]
    edit(copy / EXPOSED, properties=properties | {"night": {"type": "boolean"}})
    assert release(copy, [EXPOSED]) == [EXPOSED]
    assert changed(copy) == []
