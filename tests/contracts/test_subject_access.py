"""Has every field that an event may state words for who asks what is held, and a mark?

What a new field holds of a child must be told to them: whoever adds one says here what it is.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from services.intake.subject_text import Speaker
from services.intake.subject_words import UNNAMED, Words, WordsFaults
from services.runtime.contracts import Contracts, read_toml

FILE = "subject-access.toml"


@pytest.fixture
def words(schemas: Path) -> Words:
    return Words.load(schemas)


def leaves(
    schema: Mapping[str, Any], shared: Mapping[str, Any], path: str = ""
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (path, schema) of every field that holds a value; an array is its items."""
    if "$ref" in schema:
        named = shared[schema["$ref"].rpartition("/")[2]]
        schema = {**named, **{key: part for key, part in schema.items() if key != "$ref"}}
        if "$ref" in named:
            schema = {**shared[named["$ref"].rpartition("/")[2]], **schema}
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from leaves(part, shared, path)
    if "properties" in schema:
        for name, part in schema["properties"].items():
            yield from leaves(part, shared, f"{path}.{name}" if path else name)
    elif schema.get("type") == "array":
        yield from leaves(schema["items"], shared, path)
    elif path:
        yield path, schema


def stated(contracts: Contracts) -> dict[str, Mapping[str, Any]]:
    shared = contracts.schemas["events/definitions.json"]["$defs"]
    return {
        path: found
        for name, schema in contracts.schemas.items()
        if name.endswith(".v1.json")
        for path, found in leaves(schema, shared)
    }


def test_every_field_of_every_event_has_words_and_no_words_are_left_over(
    contracts: Contracts, words: Words
) -> None:
    assert set(stated(contracts)) == set(words.fields)


def test_whatever_is_free_text_is_marked_and_so_is_every_member_of_staff(
    contracts: Contracts, words: Words
) -> None:
    fields = stated(contracts)
    texts = {path for path, schema in fields.items() if schema.get("x-vault") == "text"}
    assert "reason.why" in texts
    assert {path for path in texts if words.fields[path].mark != "text"} == set()
    assert words.fields["practitioner.ref"].mark == "staff"


def test_codes_are_sets_that_there_are(contracts: Contracts, words: Words) -> None:
    named = {field.codes for field in words.fields.values() if field.codes}
    assert named <= set(contracts.codes)
    assert words.others <= set(contracts.codes["information-element"])


def test_a_field_without_words_is_told_all_the_same_and_marked(words: Words) -> None:
    (line,) = Speaker(words, {}, ()).lines({"brand_new": "Kyle came"})
    assert (line.label, line.mark) == (f"{UNNAMED}: brand_new", "text")
    assert "".join(run.text for run in line.runs) == "Kyle came"


def test_no_check_is_stated_as_law_that_nobody_has_read(words: Words) -> None:
    assert {check.standing for check in words.checks.values()} == {"assumption"}


def test_every_fault_of_the_file_is_named_and_no_value(schemas: Path) -> None:
    content = read_toml(schemas / FILE)
    content["fields"]["reason"] = {"says": " ", "mark": "Zqux", "more": 1}
    content["checks"]["crime"].pop("source")
    content["tables"]["ledger.gap"].pop("says")
    content["tables"]["ledger.judge"] = {"nothing": ""}
    content["extra"] = {}
    with pytest.raises(WordsFaults) as raised:
        Words.parse(content)
    assert set(raised.value.pointers) == {
        "/extra: unknown",
        "/fields/reason/more: unknown",
        "/fields/reason/says: not a text",
        "/fields/reason/mark: unknown",
        "/checks/crime/source: not a text",
        "/tables/ledger.gap: neither says, columns and left_out, nor nothing",
        "/tables/ledger.judge/nothing: not a text",
    }
