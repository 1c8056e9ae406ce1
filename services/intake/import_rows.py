"""What became of each fact of a file? A page at a time: files have tens of thousands."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, Literal

import asyncpg
import msgspec
from pydantic import Field

from services.runtime import audit, cursors
from services.runtime.asking import Connection, asking
from services.runtime.audit import Act
from services.runtime.auth import Caller
from services.runtime.questions import CursorText, LimitText, Paged

PURPOSE: Final = "safeguarding"
ROWS_READ: Final = "import-rows-read"
MOST: Final = 500

Outcome = Literal["accepted", "duplicate", "rejected"]
Row = Mapping[str, Any]

_OWN: Final = "SELECT events, rejected FROM import WHERE id = $1 AND agency = $2"
_COUNT: Final = "SELECT count(*) FROM import_row WHERE import_id = $1 AND outcome = $2"
_ROWS: Final = """
SELECT row, pointer, fact, outcome, receipt, errors, warnings FROM import_row
WHERE import_id = $1 AND row > $2 ORDER BY row LIMIT $3
"""
# Apart, so that an index gives those of one outcome, however few of a file they are.
_OF_OUTCOME: Final = _ROWS.replace("ORDER BY", "AND outcome = $4 ORDER BY")


class RowsAsked(Paged):
    """Which rows of a file, and how they are written."""

    format: Literal["json", "csv"] | None = Field(None, description="csv: all rows at once.")
    outcome: Outcome | None = Field(None, description="Rows of which this became, and no others.")
    limit: LimitText = Field(str(MOST), description="1 to 500 rows a page; of JSON alone.")
    cursor: CursorText = None


class Cursor(cursors.Cursor, frozen=True):
    """The last row of a page."""

    row: int


class ImportRows:
    """Tells an agency what became of the rows of its own files."""

    def __init__(self, readers: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._readers = readers

    async def page(self, caller: Caller, import_id: str, asked: RowsAsked) -> dict[str, Any] | None:
        """Return a page of rows; None where the agency has no such file. Raises BadCursor."""
        digest, limit = asked.digest(import_id, caller.agency), int(asked.limit)
        after = Cursor.of(asked.cursor, digest).row if asked.cursor is not None else 0
        async with asking(self._readers, caller) as connection:
            own = await connection.fetchrow(_OWN, import_id, caller.agency)
            about = (connection, import_id, asked.outcome)
            rows = [] if own is None else await _rows(*about, after, limit + 1)
            shown = rows[:limit]
            act = Act("consultation", ROWS_READ, PURPOSE, len(shown))
            await audit.write(connection, caller, act)
        if own is None:
            return None
        more = len(rows) > len(shown)
        return {"items": shown, "next": Cursor(digest, shown[-1]["row"]).encode() if more else None}

    async def whole(
        self, caller: Caller, import_id: str, outcome: Outcome | None
    ) -> AsyncIterator[list[Row]] | None:
        """Give all rows, a part at a time; None where the agency has no such file.

        On record is how many there are as the reading begins. Each part is read by itself: no
        connection waits for who is slow to take it.
        """
        async with asking(self._readers, caller) as connection:
            own = await connection.fetchrow(_OWN, import_id, caller.agency)
            if own is None:
                count = 0
            elif outcome in (None, "rejected"):  # kept with the file
                count = own["rejected"] + (0 if outcome else own["events"])
            else:
                count = await connection.fetchval(_COUNT, import_id, outcome)
            await audit.write(connection, caller, Act("consultation", ROWS_READ, PURPOSE, count))
        return None if own is None else self._parts(caller, import_id, outcome)

    async def _parts(
        self, caller: Caller, import_id: str, outcome: Outcome | None
    ) -> AsyncIterator[list[Row]]:
        after = 0
        while True:
            async with asking(self._readers, caller) as connection:
                rows = await _rows(connection, import_id, outcome, after, MOST)
            if not rows:
                return
            yield rows
            after = rows[-1]["row"]


async def _rows(
    connection: Connection, import_id: str, outcome: Outcome | None, after: int, limit: int
) -> list[Row]:
    about = (import_id, after, limit)
    found = (
        await connection.fetch(_ROWS, *about)
        if outcome is None
        else await connection.fetch(_OF_OUTCOME, *about, outcome)
    )
    return [
        {**row, "errors": _read(row["errors"]), "warnings": _read(row["warnings"])}
        for row in map(dict, found)
    ]


def _read(stored: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = msgspec.json.decode(stored)
    return told
