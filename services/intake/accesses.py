"""Who has looked at a child, and who has done what on a day? Asking is on record as well.

A supervisor is told who of their own agency looked, a reviewer who of any agency of the area; of
others that they did, and why. An administrator is told who did what, and of no child.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from services.domain.moments import stamp
from services.runtime import audit
from services.runtime.asking import asking
from services.runtime.audit import Act, Operation, Purpose
from services.runtime.auth import Caller, Forbidden

LATEST: Final = 25
MOST: Final = 500
OVERSEERS: Final = frozenset({"police-supervisor", "qa-reviewer"})

_RECORDS: Final = "SELECT record_ref FROM record WHERE child_ref = $1"
_ACCESSES: Final = "SELECT * FROM audit.accesses($1, $2)"
_SEARCH: Final = "SELECT * FROM audit.search($1, $2, $3, $4, $5, $6)"


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for: one London day, narrowed."""

    since: datetime
    before: datetime
    purpose: Purpose
    subject: str | None
    agency: str | None
    operation: Operation | None

    def act(self, row_count: int) -> Act:
        """Put on record what was searched for."""
        asked = audit.coded(
            {"since": self.since, "subject": self.subject, "agency": self.agency}, {}
        )
        if self.operation is not None:
            asked["operation"] = self.operation
        return Act("consultation", "audit-searched", self.purpose, row_count, asked=asked)


@dataclass(frozen=True, slots=True)
class Accesses:
    """Answers from the record of all services."""

    readers: "asyncpg.Pool[asyncpg.Record]"

    async def of_child(
        self, caller: Caller, child_ref: str, purpose: Purpose
    ) -> dict[str, Any] | None:
        """Return the latest looks at the records of a child that the caller sees; None for none.

        Raises Forbidden.
        """
        if caller.role not in OVERSEERS:
            raise Forbidden
        async with asking(self.readers, caller) as connection:
            found = await connection.fetch(_RECORDS, child_ref)
            refs = [row["record_ref"] for row in found]
            rows = await connection.fetch(_ACCESSES, refs, LATEST) if refs else []
            act = Act("consultation", "accesses-read", purpose, len(rows), children=[child_ref])
            await audit.write(connection, caller, act)
        return {"child_ref": child_ref, "accesses": [_told(row) for row in rows]} if refs else None

    async def search(self, caller: Caller, asked: Search) -> dict[str, Any]:
        """Return what was done on a day, latest first. Raises Forbidden."""
        if caller.role != "administrator":
            raise Forbidden
        operations = None if asked.operation is None else [asked.operation]
        narrowed = (operations, asked.since, asked.before, asked.subject, asked.agency)
        async with asking(self.readers, caller) as connection:
            rows = await connection.fetch(_SEARCH, *narrowed, MOST + 1)
            shown = rows[:MOST]
            await audit.write(connection, caller, asked.act(len(shown)))
        return {"items": [_told(row) for row in shown], "more": len(rows) > MOST}


def _told(row: asyncpg.Record) -> dict[str, Any]:
    return {**row, "at": stamp(row["at"])}
