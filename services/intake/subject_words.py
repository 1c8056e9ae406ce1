"""In which plain words is what is held told, and what of it is marked for redaction?

Read from schemas/subject-access.toml, whose header states the shape.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from services.runtime.contracts import read_toml

Mark = Literal["none", "staff", "ref", "text", "others"]
FILE: Final = "subject-access.toml"
MARKS: Final[tuple[str, ...]] = get_args(Mark)
UNNAMED: Final = "A field that has no words yet"
_KEYS: Final = {"schema", "fields", "information", "checks", "tables"}
_SHAPES: Final[tuple[frozenset[str], ...]] = (
    frozenset({"says", "columns", "left_out"}),
    frozenset({"nothing"}),
)
STANDINGS: Final = ("statute", "guidance", "local", "assumption")


class WordsFaults(ValueError):
    """The words cannot be used; `pointers` names every fault."""

    def __init__(self, pointers: list[str]) -> None:
        super().__init__(f"{FILE}: " + "; ".join(pointers))
        self.pointers = pointers


@dataclass(frozen=True, slots=True)
class Field:
    """What a field of an event is called, how it is marked, the code set of its values."""

    says: str
    mark: Mark
    codes: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """What a table's rows about a child are; `columns` are given out, others not for a reason."""

    says: str
    columns: tuple[str, ...]
    left_out: Mapping[str, str]
    nothing: str | None = None
    """Why no row of it is about a child."""


@dataclass(frozen=True, slots=True)
class Check:
    """What a person looks at before anything is given out, and where that is said."""

    asks: str
    source: str
    standing: str


@dataclass(frozen=True, slots=True)
class Words:
    """All of the file; `others` are the elements of information that are about other people."""

    fields: Mapping[str, Field]
    others: frozenset[str]
    checks: Mapping[str, Check]
    tables: Mapping[str, Table]

    @classmethod
    def load(cls, schemas: Path) -> "Words":
        """Read the file of a folder `schemas`. Raises WordsFaults, naming every fault."""
        return cls.parse(read_toml(schemas / FILE))

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> "Words":
        """Read its content. Raises WordsFaults, naming every fault."""
        found = [*_faults(content)]
        if found:
            raise WordsFaults(found)
        return cls(
            {name: Field(**stated) for name, stated in content["fields"].items()},
            frozenset(content["information"]["others"]),
            {name: Check(**stated) for name, stated in content["checks"].items()},
            {name: _table(stated) for name, stated in content["tables"].items()},
        )

    def field(self, path: str) -> Field:
        """What a field is called; one that has no words is marked like a free text."""
        return self.fields.get(path) or Field(f"{UNNAMED}: {path}", "text")

    def within(self, path: str) -> bool:
        """Whether fields within this one have words of their own, or it has none itself."""
        inner = f"{path}."
        return path not in self.fields or any(name.startswith(inner) for name in self.fields)

    def table(self, name: str) -> Table | None:
        """What a table `<schema>.<table>` holds; None where nobody has said."""
        return self.tables.get(name) or self.tables.get(f"*.{name.partition('.')[2]}")


def _table(stated: Mapping[str, Any]) -> Table:
    if "nothing" in stated:
        return Table("", (), {}, stated["nothing"])
    return Table(stated["says"], tuple(stated["columns"]), stated["left_out"])


def _faults(content: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"/{name}: unknown" for name in content.keys() - _KEYS)
    missing = [name for name in sorted(_KEYS) if name not in content]
    yield from (f"/{name}: missing" for name in missing)
    if content.get("schema") != 1:
        yield "/schema: not 1"
    if missing:
        return
    for name, stated in content["fields"].items():
        yield from (f"/fields/{name}/{fault}" for fault in _field_faults(stated))
    if not _texts(content["information"].get("others")):
        yield "/information/others: not texts"
    for name, stated in content["checks"].items():
        yield from (f"/checks/{name}/{fault}" for fault in _check_faults(stated))
    for name, stated in content["tables"].items():
        yield from (f"/tables/{name}{fault}" for fault in _table_faults(stated))


def _field_faults(stated: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{name}: unknown" for name in stated.keys() - {"says", "mark", "codes"})
    if not _text(stated.get("says")):
        yield "says: not a text"
    if stated.get("mark") not in MARKS:
        yield "mark: unknown"


def _check_faults(stated: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{name}: unknown" for name in stated.keys() - {"asks", "source", "standing"})
    yield from (f"{name}: not a text" for name in ("asks", "source") if not _text(stated.get(name)))
    if stated.get("standing") not in STANDINGS:
        yield "standing: unknown"


def _table_faults(stated: Mapping[str, Any]) -> Iterator[str]:
    if stated.keys() not in _SHAPES:
        yield ": neither says, columns and left_out, nor nothing"
        return
    if "nothing" in stated:
        if not _text(stated["nothing"]):
            yield "/nothing: not a text"
        return
    if not _text(stated["says"]):
        yield "/says: not a text"
    if not _texts(stated["columns"]):
        yield "/columns: not texts"
    yield from (f"/left_out/{c}: no reason" for c, why in stated["left_out"].items() if not why)


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_text, value))
