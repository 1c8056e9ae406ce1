"""What of an event may leave the vault? Read from its schema, once, into plain functions."""

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from services.domain.moments import moment, stamp

if TYPE_CHECKING:
    from services.runtime.contracts import Contracts

OTHER = "other"
Schema = Mapping[str, Any]
CodeSets = Mapping[str, Collection[str]]
Projector = Callable[[Any], Any]


class OpenString(ValueError):
    """A schema lets a string leave that is neither code, ref, moment nor day."""


def project(contracts: "Contracts", event_type: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of valid `data` that may leave, without child.age and staff_ref.

    Open words leave as their code or "other", moments in UTC; KeyError for an unknown type.
    """
    facts: dict[str, Any] = contracts.projectors[event_type](data)
    return facts


def resolve(schema: Schema, definitions: Schema) -> Schema:
    """Replace a local `$ref` by what it names; keywords beside it win."""
    while "$ref" in schema:
        name = schema["$ref"].rpartition("/$defs/")[2]
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        schema = {**definitions[name], **beside}
    return schema


def compile_projector(schema: Schema, definitions: Schema, codes: CodeSets) -> Projector | None:
    """Make the function that lets out what a schema allows; None where nothing may leave.

    Raises:
        OpenString: a string without a mark would leave.

    """
    schema = resolve(schema, definitions)
    if "x-vault" in schema:
        return None
    if "x-code" in schema:
        return _code(frozenset(codes[schema["x-code"]]))
    if schema.get("type") == "object":
        return _object(schema, definitions, codes)
    if schema.get("type") == "array":
        return _array(compile_projector(schema["items"], definitions, codes))
    return _scalar(schema)


def _scalar(schema: Schema) -> Projector:
    if schema.get("format") == "date-time":
        return _moment
    closed = "enum" in schema or "const" in schema or "x-leaves" in schema
    if closed or schema.get("format") == "date" or schema.get("type") in {"boolean", "integer"}:
        return _same
    raise OpenString(schema.get("description", "a string without a mark"))


def _same(value: object) -> object:
    return value


def _moment(value: str) -> str:
    return stamp(moment(value))


def _code(known: frozenset[str]) -> Projector:
    return lambda value: value if value in known else OTHER


def _array(item: Projector | None) -> Projector | None:
    if item is None:
        return None
    return lambda values: [item(value) for value in values]


def _object(schema: Schema, definitions: Schema, codes: CodeSets) -> Projector | None:
    if "x-code-keys" in schema:
        return _keyed(schema, definitions, codes)
    compiled = {
        name: compile_projector(part, definitions, codes)
        for name, part in schema["properties"].items()
    }
    fields = [(name, projector) for name, projector in compiled.items() if projector]
    if not fields:
        return None
    return lambda value: {
        name: projector(value[name]) for name, projector in fields if name in value
    }


def _keyed(schema: Schema, definitions: Schema, codes: CodeSets) -> Projector | None:
    """An object whose keys are codes: unknown keys stay in the vault."""
    known = frozenset(codes[schema["x-code-keys"]])
    item = compile_projector(schema["additionalProperties"], definitions, codes)
    if item is None:
        return None
    return lambda value: {key: item(each) for key, each in value.items() if key in known}
