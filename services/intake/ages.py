"""Which published ages are no longer right, and how are their events published again?

Every event of a child carries the age by the birth date last stated for the child, in whichever
record, by an event not retracted. The date itself never leaves the vault.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from services.intake.features import age_at
from services.intake.neighbourhood import Neighbourhood, Statement
from services.intake.retracted import Connection
from services.intake.revision import SEALED, Revised, opened, revise
from services.intake.vault import Vault
from services.runtime.contracts import Contracts

_AGES = "SELECT receipt, record_ref, time, published_age FROM event WHERE record_ref = ANY($1)"


@dataclass(frozen=True, slots=True)
class Ages:
    """Works ages out again; `vault` opens what is sealed."""

    contracts: Contracts
    vault: Vault

    async def revise(
        self, connection: Connection, found: Neighbourhood, groups: Collection[frozenset[str]]
    ) -> list[Revised]:
        """Return the events of these groups whose published age is not the right one."""
        births = await self._birth_dates(connection, found, groups)
        rows = await connection.fetch(_AGES, list(births))
        wrong: dict[str, int | None] = {}
        for row in rows:
            born = births[row["record_ref"]]
            age = age_at(born, row["time"]) if born else None
            if age != row["published_age"]:
                wrong[row["receipt"]] = age
        if not wrong:
            return []
        sealed = await connection.fetch(SEALED, list(wrong))
        revised = (
            revise(self.contracts, self.vault, row, wrong[row["receipt"]], row["revision"] + 1)
            for row in sealed
        )
        return [one for one in revised if one is not None]

    async def _birth_dates(
        self, connection: Connection, found: Neighbourhood, groups: Iterable[frozenset[str]]
    ) -> dict[str, date | None]:
        """Return by record the birth date of its child; left out where it does not open."""
        group_of = {ref: number for number, group in enumerate(groups) for ref in group}
        last: dict[int, Statement] = {}
        for one in found.statements:
            number = group_of.get(one.record_ref)
            if one.birth is None or number is None:
                continue
            if number not in last or one.order > last[number].order:
                last[number] = one
        rows = await connection.fetch(SEALED, [one.receipt for one in last.values()])
        stated = {row["receipt"]: opened(self.vault, row) for row in rows}
        births: dict[str, date | None] = {}
        for record_ref, number in group_of.items():
            if number not in last:
                births[record_ref] = None
            elif event := stated[last[number].receipt]:
                births[record_ref] = date.fromisoformat(event["data"]["child"]["date_of_birth"])
        return births
