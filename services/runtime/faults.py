"""What is wrong with what was sent? Every fault by pointer and code, never a value."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jsonschema_rs import ValidationError

SAFE_KEY = re.compile(r"[a-z_]{1,40}")
HIDDEN_KEY = "…"
TYPE_WORDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
FORMAT_WORDS = {
    "moment": "a moment of RFC 3339 with an offset, like 2026-01-31T09:30:00Z",
    "day": "a date like 2026-01-31",
    "uuid": "a UUID",
    "uri": "an address like https://example.org/",
    "email": "an e-mail address",
}
PATTERN_WORDS = {
    "^[!-~]+$": "visible ASCII characters without spaces",
    r"\S": "something other than blanks",
    "^[0-9]{10}$": "ten digits",
    "^[A-Za-z0-9]{13}$": "13 letters and digits",
    "^(E(0[6-9]|1[0-2]|23)|W(06|15)|S12|N09)[0-9]{6}$": (
        "the ONS code of an authority, region or police force, like E10000020"
    ),
    "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$": "the id of a gap: a UUID in small letters",
    "^/[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*$": "/<agency>/<system>, small letters and digits",
    "^application/json(;.*)?$": "application/json",
}
LIMIT_WORDS = {
    "maxLength": ("too-long", "This may have at most {} characters."),
    "minLength": ("too-short", "This needs at least {} characters."),
    "minItems": ("too-few", "This needs at least {} entries."),
    "maxItems": ("too-many", "This may have at most {} entries."),
    "maxProperties": ("too-many", "This may have at most {} entries."),
    "minimum": ("out-of-range", "This may not be less than {}."),
    "maximum": ("out-of-range", "This may not be more than {}."),
}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong: where (RFC 6901, from the event's root), a stable code, plain words."""

    pointer: str
    code: str
    message: str


def faults_of(errors: Iterable[ValidationError], prefix: str = "") -> list[Fault]:
    """Put a validator's errors into words, each once, sorted; `prefix` is a pointer."""
    return sorted({fault for error in errors for fault in _faults(error, prefix)})


def pointer_of(path: Iterable[str | int], prefix: str = "") -> str:
    """Write a path as a pointer; a key that could be anything but a field's name is hidden."""
    return prefix + "".join(f"/{_segment(part)}" for part in path)


def _segment(part: str | int) -> str:
    text = str(part)
    return text if isinstance(part, int) or SAFE_KEY.fullmatch(text) else HIDDEN_KEY


def _faults(error: ValidationError, prefix: str) -> Iterator[Fault]:
    kind, stated = error.kind.name, error.kind.as_dict()
    if kind == "required":
        where = pointer_of([*error.instance_path, stated["property"]], prefix)
        yield Fault(where, "required", "This is required.")
    elif kind == "additionalProperties":
        for key in stated["unexpected"]:
            where = pointer_of([*error.instance_path, key], prefix)
            yield Fault(where, "unknown-field", "This field is not known here.")
    elif kind == "propertyNames":
        where = pointer_of([*error.instance_path, ""], prefix)
        yield Fault(where, "bad-name", "The name of this field is too long or not allowed.")
    else:
        code, message = _words(error)
        yield Fault(pointer_of(error.instance_path, prefix), code, message)


def _words(error: ValidationError) -> tuple[str, str]:
    """Code and message of an error about the value itself, from the schema alone."""
    kind, stated = error.kind.name, error.kind.as_dict()
    definition = str(error.schema_path[-2]) if len(error.schema_path) > 1 else ""
    if "then" in error.schema_path:
        return "not-allowed", "child_ref stands alone: no other field may be beside it."
    if kind in {"format", "pattern"} and definition in FORMAT_WORDS:
        return "bad-format", f"This must be {FORMAT_WORDS[definition]}."
    if kind in LIMIT_WORDS:
        code, message = LIMIT_WORDS[kind]
        return code, message.format(stated["limit"])
    return _kind_words(kind, stated)


def _kind_words(kind: str, stated: dict[str, object]) -> tuple[str, str]:
    if kind == "type":
        return "wrong-type", f"This must be {_any_of(stated['types'])}."
    if kind == "enum":
        return "not-in-code-set", f"This must be one of: {_list(stated['options'])}."
    if kind == "const":
        return "not-in-code-set", f"This must be {stated['expected_value']}."
    if kind == "pattern":
        return "bad-pattern", f"This must be {PATTERN_WORDS[str(stated['pattern'])]}."
    return "not-allowed", "This is not allowed here."


def _any_of(types: object) -> str:
    names = types if isinstance(types, list) else [types]
    return " or ".join(TYPE_WORDS.get(str(name), str(name)) for name in names)


def _list(options: object) -> str:
    return ", ".join(str(option) for option in options) if isinstance(options, list) else ""
