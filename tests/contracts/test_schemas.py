"""Do the schemas check what they seem to check, and can nothing personal slip out?"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from services.runtime.contracts import DEFINITIONS, Contracts
from services.runtime.faults import PATTERN_WORDS
from services.runtime.projection import OpenString, compile_projector, resolve

Documents = dict[str, dict[str, Any]]

PROBES: dict[str, tuple[dict[str, Any], Any, Any]] = {
    "$ref": ({"$defs": {"a": {"type": "null"}}, "$ref": "#/$defs/a"}, None, 1),
    "type": ({"type": "boolean"}, True, 1),
    "enum": ({"enum": ["M"]}, "M", "m"),
    "const": ({"const": "1.0"}, "1.0", "1"),
    "pattern": ({"pattern": "^[!-~]+$"}, "a-b", "a b"),
    "minLength": ({"minLength": 1}, "a", ""),
    "maxLength": ({"maxLength": 1}, "a", "ab"),
    "minimum": ({"minimum": 1}, 1, 0),
    "items": ({"items": {"type": "null"}}, [None], [1]),
    "minItems": ({"minItems": 1}, [1], []),
    "maxItems": ({"maxItems": 1}, [1], [1, 2]),
    "properties": ({"properties": {"a": {"type": "null"}}}, {"a": None}, {"a": 1}),
    "required": ({"required": ["a"]}, {"a": 1}, {}),
    "additionalProperties": ({"additionalProperties": False}, {}, {"a": 1}),
    "propertyNames": ({"propertyNames": {"maxLength": 1}}, {"a": 1}, {"ab": 1}),
    "maxProperties": ({"maxProperties": 1}, {"a": 1}, {"a": 1, "b": 2}),
    "if": ({"if": {"const": 1}, "then": False}, 2, 1),
    "then": ({"if": {"const": 1}, "then": False}, 2, 1),
    "else": ({"if": {"const": 1}, "else": False}, 1, 2),
}
FORMAT_PROBES = {
    "date-time": ("2026-01-31T09:30:00Z", "2026-02-30T09:30:00Z"),
    "date": ("2026-01-31", "2026-02-30"),
}
WORDS = {"$schema", "$comment", "title", "description", "$defs"}
MARKS = {"x-vault", "x-code", "x-code-keys", "x-leaves"}
NAMED = {"properties", "$defs"}
NESTED = {"items", "propertyNames", "additionalProperties", "if", "then", "else"}


def parts(schema: object, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every schema within a schema, with where it stands."""
    if not isinstance(schema, dict):
        return
    yield path, schema
    for key in NESTED & schema.keys():
        yield from parts(schema[key], f"{path}/{key}")
    for key in NAMED & schema.keys():
        for name, part in schema[key].items():
            yield from parts(part, f"{path}/{key}/{name}")


def every_part(documents: Documents) -> list[tuple[str, Mapping[str, Any]]]:
    return [found for name, schema in documents.items() for found in parts(schema, name)]


def leaving(schema: Mapping[str, Any], shared: Mapping[str, Any], path: str) -> Iterator[str]:
    """Where a schema lets something out that is no code, number, moment or ref, or has no end."""
    schema = resolve(schema, shared)
    if "x-vault" in schema or "x-code" in schema:
        return
    if schema.get("type") == "object":
        if "x-code-keys" not in schema and schema.get("additionalProperties") is not False:
            yield f"{path}: keys are open"
        for name, part in schema.get("properties", {}).items():
            yield from leaving(part, shared, f"{path}/{name}")
        if isinstance(schema.get("additionalProperties"), dict):
            yield from leaving(schema["additionalProperties"], shared, f"{path}/*")
    elif schema.get("type") == "array":
        if "maxItems" not in schema:
            yield f"{path}: no maxItems"
        yield from leaving(schema["items"], shared, f"{path}[]")
    elif not is_closed(schema, shared):
        yield f"{path}: an open string"


def is_closed(schema: Mapping[str, Any], shared: Mapping[str, Any]) -> bool:
    if schema.get("type") in {"boolean", "integer", "number"} or "enum" in schema:
        return True
    if schema.get("format") in FORMAT_PROBES:
        return True
    allowed = [shared[name]["pattern"] for name in ("ref", "event-id", "source", "area", "gap-id")]
    return "x-leaves" in schema and schema.get("pattern") in allowed


@pytest.mark.parametrize("keyword", PROBES)
def test_the_validator_really_checks_the_keyword(keyword: str) -> None:
    schema, good, bad = PROBES[keyword]
    validator = Draft202012Validator(schema)
    assert validator.is_valid(good)
    assert not validator.is_valid(bad)


def test_a_misspelt_keyword_would_check_nothing_so_every_keyword_is_one_we_know(
    documents: Documents,
) -> None:
    assert Draft202012Validator({"maxlength": 1}).is_valid("ab")
    known = PROBES.keys() | WORDS | MARKS | {"format"}
    unknown = {(path, key) for path, part in every_part(documents) for key in part.keys() - known}
    assert not unknown


def test_every_format_is_asserted(documents: Documents) -> None:
    used = {part["format"] for _, part in every_part(documents) if "format" in part}
    assert used == set(FORMAT_PROBES)
    for name, (good, bad) in FORMAT_PROBES.items():
        validator = Draft202012Validator({"format": name}, validate_formats=True)
        assert validator.is_valid(good)
        assert not validator.is_valid(bad)


def test_every_schema_is_a_valid_schema_of_2020_12(documents: Documents) -> None:
    for name, schema in documents.items():
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema", name
        assert schema["title"], name


def test_only_code_number_moment_or_ref_may_leave_the_vault(documents: Documents) -> None:
    shared = documents[DEFINITIONS]["$defs"]
    found = [
        fault
        for name, schema in documents.items()
        if name.startswith("events/") and name != DEFINITIONS
        for fault in leaving(schema, shared, name)
    ]
    assert not found


def test_an_unmarked_string_cannot_even_be_loaded() -> None:
    with pytest.raises(OpenString):
        compile_projector({"type": "object", "properties": {"a": {"type": "string"}}}, {}, {})


def test_identity_and_free_text_are_marked(documents: Documents) -> None:
    shared = documents[DEFINITIONS]["$defs"]
    child = shared["child"]["properties"]
    identity = {name for name, part in child.items() if part.get("x-vault") == "identity"}
    assert identity == child.keys() - {"sex", "ethnicity", "area"}
    assert set(shared["known-child"]["properties"]) == child.keys() | {"child_ref"}
    assert shared["practitioner"]["properties"]["ref"]["x-vault"] == "identity"
    assert shared["information"]["x-vault"] == "text"
    assert {part["x-vault"] for part in shared["reason-of-referral"]["properties"].values()} == {
        "text"
    }
    marks = {part["x-vault"] for _, part in every_part(documents) if "x-vault" in part}
    assert marks == {"identity", "text"}


def test_every_string_and_every_array_has_a_maximum(documents: Documents) -> None:
    unbounded = [
        path
        for path, part in every_part(documents)
        for kind in [part.get("type")]
        if (kind == "array" and "maxItems" not in part)
        or ("string" in (kind or []) and not {"maxLength", "format"} & part.keys())
    ]
    assert not unbounded


def test_free_text_has_no_minimum(documents: Documents) -> None:
    texts = [part for _, part in every_part(documents) if part.get("x-vault") == "text"]
    assert texts
    assert not [part for part in texts if {"minLength", "pattern"} & part.keys()]


def test_every_object_of_data_refuses_what_it_does_not_know(documents: Documents) -> None:
    open_objects = [
        path
        for path, part in every_part(documents)
        if part.get("type") == "object"
        and "additionalProperties" not in part
        and path.startswith("events/")
        and "x-vault" not in part
    ]
    assert not open_objects


def test_every_set_of_codes_that_a_schema_names_exists(
    documents: Documents, contracts: Contracts
) -> None:
    named = {
        part[mark]
        for _, part in every_part(documents)
        for mark in ("x-code", "x-code-keys")
        if mark in part
    }
    assert named <= contracts.codes.keys()
    assert {"unit", "role", "course", "provider", "station", "means"} <= named


@pytest.mark.parametrize(
    ("definition", "code_set"),
    [
        ("ethnicity", "ethnicity"),
        ("referral_source", "referral-source"),
        ("reason_for_closure", "closure-reason"),
    ],
)
def test_the_departments_codes_are_the_same_in_schema_and_code_set(
    definition: str, code_set: str, documents: Documents, contracts: Contracts
) -> None:
    assert documents[DEFINITIONS]["$defs"][definition]["enum"] == list(contracts.codes[code_set])


def test_the_factors_are_the_same_in_schema_and_code_set(
    documents: Documents, contracts: Contracts
) -> None:
    items = documents[DEFINITIONS]["$defs"]["factors"]["items"]
    assert items["enum"] == list(contracts.codes["factor"])


def test_every_pattern_has_words_for_the_sender(documents: Documents) -> None:
    patterns = {
        part["pattern"]
        for path, part in every_part(documents)
        if "pattern" in part and "format" not in part and not path.endswith("propertyNames")
    }
    assert patterns == PATTERN_WORDS.keys()
