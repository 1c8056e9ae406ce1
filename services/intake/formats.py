"""How does a file of any format become facts whose events are complete? Ids are coined here.

They are coined from what the file says, in the vault: so that nothing counts twice, in one import
or in the next one of the same file.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any, Final

import msgspec

from services.domain.moments import london_day
from services.intake import census, rows, tables
from services.intake.columns import Sheet, sheet_of
from services.intake.facts import Fact, Reading
from services.intake.judgement import OWN_TYPES
from services.intake.rows import Rows
from services.intake.vault import Vault
from services.runtime import clock
from services.runtime.contracts import Contracts

CENSUS: Final = census.SYSTEM
TABLES: Final = (tables.CSV, tables.XLSX)
SYSTEM: Final = "imports"
"""The source system of what comes from a table."""
_SAFE: Final = str.maketrans("0123456789abcdef", "bcdfghjklmnpqrst")
"""Refs are spelt in consonants, so that none can look like a date, a number or a name."""


class Formats:
    """Reads files of every format that is taken in."""

    def __init__(self, contracts: Contracts, vault: Vault) -> None:
        self._contracts = contracts
        self._vault = vault
        self._sheet = cache(partial(sheet_of, contracts))

    def read(self, form: str, agency: str, content: bytes, asked: str | None) -> Reading:
        """Return every fact of a file; `asked` is the type of rows that name none.

        Raises Unreadable.
        """
        if form in TABLES:
            return self._table(form, agency, content, asked)
        return Reading([self._of_census(agency, fact) for fact in self._census(agency, content)])

    def sheet(self, event_type: str) -> Sheet | None:
        """Return the columns of a type of event that others may send; None for any other."""
        known = event_type in self._contracts.types and not event_type.startswith(OWN_TYPES)
        return self._sheet(event_type) if known else None

    def column(self, fact: Fact, pointer: str) -> str | None:
        """Name the column of a table that a fault of a fact is about."""
        return rows.column_named(self.sheet(fact.type), pointer)

    def _table(self, form: str, agency: str, content: bytes, asked: str | None) -> Reading:
        table = tables.open_table(content, form)
        reader = Rows(self.sheet, self._contracts.validate, asked)
        facts = [self._of_table(agency, fact) for fact in reader.facts(table)]
        return Reading(facts, table.notes)

    def _census(self, agency: str, content: bytes) -> list[Fact]:
        known = self._contracts.registry.agencies[agency]
        first = self._contracts.first_day
        places = census.Places(self._contracts.codes, self._contracts.lea, known.areas, first)
        return census.read(content, places, london_day(clock.now()))

    def _of_census(self, agency: str, fact: Fact) -> Fact:
        """Coin source, id and referral_ref of a census's fact."""
        if fact.event is None:
            return fact
        event = dict(fact.event)
        event["data"] = {**event["data"], "referral_ref": self._coin(agency, *fact.coined_from)}
        said = msgspec.json.encode(event, order="deterministic").decode()
        place = fact.pointer.rpartition("]/")[2]
        return _named(
            fact, event, agency, CENSUS, self._coin(agency, *fact.coined_from, place, said)
        )

    def _of_table(self, agency: str, fact: Fact) -> Fact:
        """Name the source of a row's event, and coin its id where the row states none."""
        if fact.event is None:
            return fact
        event_id = fact.event.get("id") or self._coin("row", agency, *fact.coined_from)
        return _named(fact, fact.event, agency, SYSTEM, event_id)

    def _coin(self, *parts: str) -> str:
        return self._vault.mac("census-ref", *parts).hex()[:32].translate(_SAFE)


def _named(fact: Fact, event: Mapping[str, Any], agency: str, system: str, event_id: str) -> Fact:
    return replace(fact, event={**event, "source": f"/{agency}/{system}", "id": event_id})
