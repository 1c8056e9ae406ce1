"""How is what became of onward referrals read, on behalf of who asks? Without any history."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from asyncpg import Record

from services.domain.measures.months import Period
from services.domain.moments import stamp
from services.domain.onward_measures import Row
from services.domain.onward_tree import Alike, Waited
from services.runtime.asking import Connection

_COUNTED: Final = "SELECT * FROM ledger.counted_onward($1, $2, $3)"
_OWN: Final = "SELECT access.own()"
_SUITING: Final = """
FROM ledger.seen_onward AS one
WHERE made_at >= $1 AND made_at < $2 AND ($3::text IS NULL OR state = $3)
  AND ($4::text IS NULL OR kind = $4) AND ($5::text IS NULL OR provider = $5)
"""
_TOTAL: Final = f"SELECT count(*) {_SUITING}"
# Whether the child was referred again is told as far as the asker sees referrals.
_PAGE: Final = f"""
SELECT one.*, state = 'declined' AND EXISTS (
           SELECT FROM ledger.seen_onward AS later
           WHERE later.child_ref = one.child_ref
             AND (later.source, later.event) <> (one.source, one.event)
             AND later.made_at >= greatest(one.declined_at, one.made_at)
             AND (later.made_at AT TIME ZONE 'Europe/London')::date
                 - (one.declined_at AT TIME ZONE 'Europe/London')::date <= $6) AS referred_again
{_SUITING} AND ($7::timestamptz IS NULL OR (made_at, item) > ($7, $8::text))
ORDER BY made_at, item LIMIT $9
"""  # noqa: S608 - of ours
_RELEASED: Final = """
SELECT content, number, made_at, known_at
FROM ledger.seen_release_pack JOIN ledger.seen_release USING (body, number)
WHERE name = 'onward' AND since = $1 AND months = $2
"""


class Frozen(msgspec.Struct, frozen=True):
    """Figures as they were published, and the numbers of policy that they were counted by."""

    within: int
    fewest: int
    rows: list[Row]


class Release(NamedTuple):
    """What was published together."""

    number: int
    made_at: datetime
    known_at: datetime

    def told(self) -> dict[str, Any]:
        """Say which release it is, as JSON has it."""
        return {
            "number": self.number,
            "made_at": stamp(self.made_at),
            "known_at": stamp(self.known_at),
        }


class Wanted(NamedTuple):
    """Of which referrals a list is; None: of all."""

    since: datetime
    before: datetime
    state: str | None
    kind: str | None
    provider: str | None


async def counted(
    connection: Connection, since: datetime, before: datetime, within: int
) -> tuple[list[Alike], list[Waited]]:
    """Return how the referrals of a period stand that the asker's figures are of, and waited."""
    rows = [tuple(row) for row in await connection.fetch(_COUNTED, since, before, within)]
    alike = [Alike(*row[4:]) for row in rows if row[0] is None]
    return alike, [Waited._make((*row[:4], row[-1])) for row in rows if row[0] is not None]


async def own_agencies(connection: Connection) -> Collection[str]:
    """Return whose referrals the database says are the asker's own."""
    found: list[str] = await connection.fetchval(_OWN)
    return found


async def released(connection: Connection, block: Period) -> tuple[Frozen, Release] | None:
    """Return what was published of a block of months to the asker; None where nothing was."""
    row = await connection.fetchrow(_RELEASED, block.first.first, len(block))
    if row is None:
        return None
    content, *release = row
    return msgspec.json.decode(content, type=Frozen), Release(*release)


async def total(connection: Connection, wanted: Wanted) -> int:
    """Count the asker's own referrals, and those to its providers."""
    found: int = await connection.fetchval(_TOTAL, *wanted)
    return found


async def page(
    connection: Connection,
    wanted: Wanted,
    within: int,
    after: tuple[datetime | None, str | None],
    limit: int,
) -> list[Record]:
    """Return so many of them in order, those after a place."""
    return await connection.fetch(_PAGE, *wanted, within, *after, limit)
