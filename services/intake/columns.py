"""Which columns has a table of events of one type? Read off the type's schema.

A column is named by its place in `data` (`child.local_id`, `reason.why`), beside `type`, `time` and
`id` of the event itself. What stands in one cell may be one value or, divided by `;`, several.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from services.runtime.contracts import DEFINITIONS, Contracts

Kind = Literal["text", "moment", "day", "flag", "code", "element"]
Path = tuple[str, ...]
Schema = Mapping[str, Any]

_KEYS: Final = ("_ref", "triggers", "gap_id", "retracts.id", "retracts.source", "of.ref", "course")
"""Columns that tell a row from another, so that the same row sent twice is one event."""
_LEFT_OUT: Final = frozenset({"time_precision", "child.child_ref"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column: where its value goes, and what may stand there.

    `path` is from the event's root. `codes` are all that is allowed, or, where `open`, what is
    known; `several` may stand in one cell.
    """

    name: str
    path: Path
    kind: Kind
    required: bool = False
    several: bool = False
    codes: tuple[str, ...] = ()
    open: bool = False
    about: str = ""

    @property
    def pointer(self) -> str:
        """Where a fault of it is, without the places of a list."""
        return "/" + "/".join(self.path)

    @property
    def is_key(self) -> bool:
        """Whether it tells a row from another."""
        return self.name.endswith(_KEYS)


@dataclass(frozen=True)
class Sheet:
    """The columns of one type of event, in the order of a template."""

    type: str
    title: str
    columns: tuple[Column, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Columns by their name as people may have typed it (see `plain`)."""
        return {plain(column.name): column for column in self.columns}

    @cached_property
    def _by_pointer(self) -> Mapping[str, str]:
        return {column.pointer: column.name for column in self.columns}

    def column_of(self, pointer: str) -> str | None:
        """Name the column of a fault: that of the place itself, or of what it is part of."""
        while pointer:
            if (name := self._by_pointer.get(pointer)) is not None:
                return name
            pointer = pointer.rpartition("/")[0]
        return None


def plain(header: str) -> str:
    """A header as it is compared: small letters and digits, the mark of a required one left out."""
    return re.sub(r"[^a-z0-9]", "", header.casefold())


def sheet_of(contracts: Contracts, event_type: str) -> Sheet:
    """Return the columns of a type; raises KeyError for one that nobody knows."""
    schema = contracts.schemas[f"events/{event_type}.json"]
    parts = _Walk(contracts).columns((), schema)
    fields = [column for column in parts if column.name not in _LEFT_OUT]
    own = (
        Column("type", ("type",), "text", about="The type of event; the same in every row."),
        Column("time", ("time",), "moment", required=True, about="When it happened."),
    )
    last = Column(
        "id", ("id",), "text",
        about="Your own id for the row, unique for ever. Leave it blank to have one made.",
    )  # fmt: skip
    return Sheet(event_type, schema.get("title", event_type), (*own, *fields, last))


class _Walk:
    """Goes through a schema, following what it refers to."""

    def __init__(self, contracts: Contracts) -> None:
        self._codes = contracts.codes
        self._shared = contracts.schemas[DEFINITIONS]["$defs"]

    def columns(self, path: Path, schema: Schema, *, required: bool = True) -> Iterator[Column]:
        """Yield the columns of an object's fields."""
        needed = {*schema.get("required", ()), *schema.get("else", {}).get("required", ())}
        for name, part in schema.get("properties", {}).items():
            inner = self._followed(part)
            owed = required and name in needed
            if inner.get("type") != "object":
                yield self._column((*path, name), inner, required=owed)
            elif "properties" in inner:
                yield from self.columns((*path, name), inner, required=owed)
            else:
                yield from self._coded((*path, name), inner)

    def _followed(self, schema: Schema) -> Schema:
        """A schema with what it refers to; its own words come first."""
        named = schema.get("$ref", "").rpartition("#/$defs/")[2]
        return {**self._followed(self._shared[named]), **schema} if named else schema

    def _coded(self, path: Path, schema: Schema) -> Iterator[Column]:
        """The fields of an object whose keys are codes: information, grades."""
        allowed = tuple(schema.get("additionalProperties", {}).get("enum", ()))
        for key, label in self._codes[schema.get("x-code-keys", "information-element")].items():
            name, place = ".".join((*path, key)), ("data", *path, key)
            yield Column(name, place, "code" if allowed else "element", codes=allowed, about=label)

    def _column(self, path: Path, schema: Schema, *, required: bool) -> Column:
        several = schema.get("type") == "array"
        item = self._followed(schema["items"]) if several else schema
        known = item.get("x-code")
        return Column(
            name=".".join(path),
            path=("data", *path),
            kind=_kind(item),
            required=required,
            several=several,
            codes=tuple(item.get("enum", ()) or (self._codes[known] if known else ())),
            open=known is not None,
            about=schema.get("description") or item.get("description", ""),
        )


def _kind(item: Schema) -> Kind:
    if "enum" in item:
        return "code"
    if item.get("type") == "boolean":
        return "flag"
    kinds: Mapping[str, Kind] = {"date-time": "moment", "date": "day"}
    return kinds.get(item.get("format", ""), "text")
