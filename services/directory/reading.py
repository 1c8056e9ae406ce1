"""What does a file of services say, and what is wrong with it? Every fault by pointer, no value."""

import csv
import io
import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from services.directory.catalogue import Catalogue
from services.domain import oruk
from services.domain.offers import RowFault, identified, row_faults, text_faults
from services.runtime.faults import Fault, faults_of, pointer_of

MOST: Final = 5_000
"""Services in one file."""

CSV: Final = "text/csv"
JSON: Final = "application/json"
LISTS: Final = frozenset({"needs", "areas", "sexes", "settings", "languages"})
NUMBERS: Final = frozenset({"minimum_age", "maximum_age"})
TRUTHS: Final = frozenset({"open_to_referrals", "prevention"})
"""The columns that are not text: what tells them apart in CSV."""

_TRUE: Final = {"true": True, "yes": True, "false": False, "no": False}


CATALOGUES: Final = frozenset({"areas.toml", "providers.toml"})
"""What stands beside the files of services."""

Pointer = Callable[[int, str], str]
"""Says where a field of a row is in the file that it came from."""


class NotReadable(ValueError):
    """The bytes are not what they are said to be; `line` and `column` from 1, where known."""

    def __init__(self, code: str, line: int = 0, column: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Read:
    """The rows of a file, all that is wrong with them, and the fields of which nothing is kept."""

    rows: Sequence[Mapping[str, Any]]
    faults: Sequence[Fault]
    not_kept: Sequence[str] = ()


def read(content: bytes, media_type: str, catalogue: Catalogue) -> Read:
    """Read services sent to us. Raises NotReadable."""
    if media_type == CSV:
        return _judged(_csv_rows(content), catalogue, lambda at, field: f"/{at}/{field}")
    return _documents(_json(content), catalogue)


def read_files(catalogue: Catalogue) -> list[Mapping[str, Any]]:
    """Read directory/*.json (the UK form) and *.toml ([[services]], rows), each without faults.

    Raises:
        ValueError: every fault of every file, by its name.

    """
    files = [
        path
        for path in sorted(catalogue.folder.iterdir())
        if path.suffix in {".json", ".toml"} and path.name not in CATALOGUES
    ]
    found = {path.name: _file(path, catalogue) for path in files}
    faults = [f"{name}{f.pointer}: {f.code}" for name, file in found.items() for f in file.faults]
    if faults:
        raise ValueError("schemas/directory: " + "; ".join(faults))
    return [row for file in found.values() for row in file.rows]


def _file(path: Path, catalogue: Catalogue) -> Read:
    if path.suffix == ".json":
        return _documents(_json(path.read_bytes()), catalogue)
    rows = tomllib.loads(path.read_text(encoding="utf-8")).get("services", [])
    return _judged(rows, catalogue, lambda at, field: f"/services/{at}/{field}")


def _documents(stated: object, catalogue: Catalogue) -> Read:
    """Read one service, a list of them, or a page of them (`contents`), in the UK form."""
    listed = stated.get("contents", [stated]) if isinstance(stated, Mapping) else stated
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed):
        return Read((), (Fault("", "wrong-type", "This must be a list of services."),))

    def pointer(at: int, field: str) -> str:
        return f"/{at}" + pointer_of(oruk.place_of(field))

    judged = _judged(map(oruk.row_of, listed), catalogue, pointer)
    dropped = [
        pointer_of([name], f"/{at}") for at, one in enumerate(listed) for name in oruk.not_kept(one)
    ]
    return replace(judged, not_kept=dropped)


def _judged(stated: Iterable[object], catalogue: Catalogue, pointer: Pointer) -> Read:
    rows = list(stated)
    if not 1 <= len(rows) <= MOST:
        words = f"This must hold 1 to {MOST} services."
        return Read((), (Fault("", "out-of-range", words),))
    faults: list[Fault] = []
    whole: list[Mapping[str, Any]] = []
    for at, row in enumerate(rows):
        found = list(_faults(row, catalogue))
        faults += [_placed(fault, at, pointer) for fault in found]
        if not found and isinstance(row, Mapping):
            whole.append(identified(row))
    faults += _repeated(whole, pointer) if not faults else []
    return Read(whole, faults)


def _faults(row: object, catalogue: Catalogue) -> Iterator[Fault]:
    if not isinstance(row, Mapping):
        yield from faults_of(catalogue.rows.iter_errors(row))
        return
    unclean = {one.field: _fault(one) for one in text_faults(row)}
    clean = {name: value for name, value in row.items() if name not in unclean}
    shape = [
        fault
        for fault in faults_of(catalogue.rows.iter_errors(clean))
        if fault.pointer.removeprefix("/") not in unclean
    ]
    yield from (*unclean.values(), *shape)
    if not unclean and not shape:
        yield from map(_fault, row_faults(row))


def _fault(one: RowFault) -> Fault:
    return Fault(pointer_of([one.field]), one.code, one.message)


def _placed(fault: Fault, at: int, pointer: Pointer) -> Fault:
    field, _, rest = fault.pointer.removeprefix("/").partition("/")
    where = pointer(at, field) if field else f"/{at}"
    return replace(fault, pointer=f"{where}/{rest}" if rest else where)


def _repeated(rows: Sequence[Mapping[str, Any]], pointer: Pointer) -> Iterator[Fault]:
    seen: set[str] = set()
    for at, row in enumerate(rows):
        if row["id"] in seen:
            yield Fault(pointer(at, "id"), "repeated", "Another service has the same id.")
        seen.add(row["id"])


def _json(content: bytes) -> object:
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise NotReadable("not-json", error.lineno, error.colno) from None
    except UnicodeDecodeError:
        raise NotReadable("not-utf-8") from None
    except RecursionError:
        raise NotReadable("too-deep") from None
    except ValueError:  # a number of more digits than Python reads
        raise NotReadable("not-json") from None


def _no_number(_: str) -> object:
    raise json.JSONDecodeError("not a number of JSON", "", 0)


def _csv_rows(content: bytes) -> list[dict[str, Any]]:
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        head, *lines = list(reader) or [[]]
    except UnicodeDecodeError:
        raise NotReadable("not-utf-8") from None
    except csv.Error:
        raise NotReadable("not-csv") from None
    return [_cells(head, line) for line in lines if any(cell.strip() for cell in line)]


def _cells(head: Sequence[str], line: Sequence[str]) -> dict[str, Any]:
    """Return a line by column; blank cells are not stated, a cell without a head has no name."""
    width = max(len(head), len(line))
    names = [*head, *[""] * (width - len(head))]
    stated = zip(names, [*line, *[""] * (width - len(line))], strict=True)
    return {
        name.strip(): _cell(name.strip(), text.strip()) for name, text in stated if text.strip()
    }


def _cell(name: str, text: str) -> Any:  # noqa: ANN401 - whatever a column holds
    """Read a cell as its column is; what cannot be read stays text, which the schema refuses."""
    if name in LISTS:
        return [part.strip() for part in text.split(";") if part.strip()]
    if name in NUMBERS and text.isascii() and text.isdigit():
        return int(text)
    if name in TRUTHS:
        return _TRUE.get(text.casefold(), text)
    return text
