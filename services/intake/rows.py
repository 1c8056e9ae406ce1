"""Which events do the rows of a table give? Purely: every fault of a row by its column."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from services.intake.cells import Cell, Misread, is_blank, read, text_of
from services.intake.columns import Column, Sheet, plain
from services.intake.facts import Fact
from services.intake.tables import Line, Table
from services.runtime.contracts import Fault

REFERRAL: Final = "referral"
"""What people call the type that most files hold."""
NAMES: Final = {REFERRAL: "referral.made.v1"}
COLUMN: Final = "/columns/"
"""The pointer of what is wrong with a column that no field of the event has."""

Sheets = Callable[[str], Sheet | None]
"""Gives the columns of a type of event; None for one that nobody knows."""
Validate = Callable[[str, Any], Sequence[Fault]]


def type_named(name: str) -> str:
    """Return the type that somebody may have called by a shorter name."""
    return NAMES.get(name.strip().casefold(), name.strip())


def names_type(header: Sequence[str]) -> bool:
    """Whether rows may say themselves which type they are."""
    return "type" in map(plain, header)


def named_twice(header: Sequence[str]) -> bool:
    """Whether two columns are called the same."""
    named = [plain(name) for name in header if plain(name)]
    return len(set(named)) < len(named)


@dataclass(slots=True)
class Rows:
    """Reads the rows of one table; `asked` is the type of rows that name none."""

    sheets: Sheets
    validate: Validate
    asked: str | None
    _children: dict[str, int] = field(default_factory=dict)
    _referrals: dict[str, int] = field(default_factory=dict)

    def facts(self, table: Table) -> Iterator[Fact]:
        """Yield one fact a row that is not blank."""
        names = [plain(name) for name in table.header]
        kind = names.index("type") if "type" in names else None
        for number, cells in table.rows:
            said = "" if kind is None or kind >= len(cells) else text_of(cells[kind] or "")
            if said and _alone(cells, kind):
                continue  # a row of the template that nobody has filled in
            yield self._fact(names, (number, cells), type_named(said or self.asked or ""))

    def _fact(self, names: Sequence[str], line: Line, event_type: str) -> Fact:
        number, cells = line
        sheet = self.sheets(event_type)
        if sheet is None:
            fault = Fault("/type", "unknown-type", "This type of event is not known.")
            return Fact(number, f"row {number}", "", 0, None, (), None, (fault,))
        event, faults = _read(sheet, names, cells)
        if faults:
            misread = {sheet.column_of(fault.pointer) for fault in faults}
            found = self.validate(event_type, event["data"])
            faults += [f for f in found if sheet.column_of(f.pointer) not in misread]
        child, referral = self._numbers(event["data"])
        return Fact(
            number, f"row {number}", event_type, child, referral, _keys(sheet, event),
            None if faults else event, tuple(sorted(faults)),
        )  # fmt: skip

    def _numbers(self, stated: dict[str, Any]) -> tuple[int, int | None]:
        local_id = str(stated.get("child", {}).get("local_id", ""))
        child = self._children.setdefault(local_id, len(self._children))
        ref = stated.get("referral_ref")
        if ref is None:
            return child, None
        return child, self._referrals.setdefault(str(ref), len(self._referrals))


def _alone(cells: Sequence[Cell], place: int | None) -> bool:
    return all(is_blank(cell) for at, cell in enumerate(cells) if at != place)


def _read(
    sheet: Sheet, names: Sequence[str], cells: Sequence[Cell]
) -> tuple[dict[str, Any], list[Fault]]:
    """Put a row's cells where they belong; what cannot be read is left out as a fault."""
    event: dict[str, Any] = {"specversion": "1.0", "type": sheet.type, "data": {}}
    faults = []
    for column in sheet.columns:
        if column.required:
            _inside(event, column)
    for place, cell in enumerate(cells):
        name = names[place] if place < len(names) else ""
        known = sheet.by_name.get(name)
        if is_blank(cell) or name == "type":
            continue
        if known is None:
            message = "No column of this type of event is called so. Take the template's."
            faults.append(Fault(COLUMN + letter(place), "unknown-column", message))
            continue
        try:
            _inside(event, known)[known.path[-1]] = read(cell, known)
        except Misread as error:
            faults.append(Fault(known.pointer, error.code, error.message))
    if "time" not in event and all(fault.pointer != "/time" for fault in faults):
        faults.append(Fault("/time", "required", "This is required."))
    return event, faults


def _inside(event: dict[str, Any], column: Column) -> dict[str, Any]:
    """The object of an event that a column's value goes into, made where it is not there."""
    inner = event
    for name in column.path[:-1]:
        inner = inner.setdefault(name, {})
    return inner


def _keys(sheet: Sheet, event: dict[str, Any]) -> tuple[str, ...]:
    """What tells this row from another: type, time, refs, and whom it is about."""
    told = [sheet.type, str(event.get("time"))]
    for column in sheet.columns:
        if column.is_key or column.name in ("child.local_id", "practitioner.ref"):
            value: Any = event
            for name in column.path:
                value = value.get(name, {}) if isinstance(value, dict) else {}
            told += [column.name, msgspec.json.encode(value).decode()]
    return tuple(told)


def letter(place: int) -> str:
    """The letters of a column as a spreadsheet shows them: 0 is A, 26 is AA."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def column_named(sheet: Sheet | None, pointer: str) -> str | None:
    """Name the column that a fault is about: as the template has it, or by its letters."""
    if pointer.startswith(COLUMN):
        return pointer.removeprefix(COLUMN)
    if pointer == "/type" or sheet is None:
        return "type"
    return sheet.column_of(pointer)
