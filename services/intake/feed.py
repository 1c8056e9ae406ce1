"""What has become of what an agency sent, since it last asked?

A cursor is a place in the one order of the feed, which never changes: whoever goes on from the last
one misses nothing. It is checked, not signed: every page is of the caller's own agency.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import asyncpg
import msgspec

from services.domain.moments import stamp
from services.intake.sight import READERS
from services.runtime import audit
from services.runtime.asking import asking
from services.runtime.audit import Act
from services.runtime.auth import Caller, Forbidden
from services.runtime.cursors import Place

SOURCE: Final = "/referral-watch/feedback"
PURPOSE: Final = "referral-follow-up"
_END: Final = "SELECT last, feed_ref FROM feedback.feed_end"
_PAGE: Final = """
SELECT f.seq, f.entry_id, f.type, f.at, f.known_at, f.referral_ref, f.gap_id, f.data, f.child_ref,
       own.receipt
FROM feedback.seen_feed f
LEFT JOIN event own ON (own.source, own.id, own.agency) = (f.source, f.id, f.agency)
WHERE f.agency = $1 AND f.seq > $2 ORDER BY f.seq LIMIT $3
"""


class Gone(Exception):
    """The cursor is of a feed that is no more, or of a part of it that was lost with its database.

    Whoever has it may have been told what we no longer know to have told: it must begin anew.
    """


class Cursor(Place, frozen=True):
    """A place in a feed: after which number."""

    feed_ref: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
    seq: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


@dataclass(frozen=True, slots=True)
class Feed:
    """Serves each agency its own feed."""

    readers: "asyncpg.Pool[asyncpg.Record]"

    async def page(self, caller: Caller, after: str | None, limit: int) -> dict[str, Any]:
        """Return what comes after a cursor, or from the beginning, and the cursor to go on from.

        Raises Forbidden, BadCursor, Gone.
        """
        if caller.role not in READERS:
            raise Forbidden
        asked = None if after is None else Cursor.decode(after)
        async with asking(self.readers, caller) as connection:
            end = await connection.fetchrow(_END)
            begin = _begin(asked, end)
            rows = await connection.fetch(_PAGE, caller.agency, begin.seq, limit + 1)
            shown = rows[:limit]
            if shown:
                await audit.write(connection, caller, _act(shown, caller.agency))
        last = shown[-1]["seq"] if shown else begin.seq
        return {
            "items": [_item(row) for row in shown],
            "next": Cursor(begin.feed_ref, last).encode(),
            "more": len(rows) > limit,
        }


def _begin(asked: Cursor | None, end: asyncpg.Record | None) -> Cursor:
    """Return where to begin. Raises Gone where the feed has not come so far."""
    if end is None:
        raise LookupError("the feed has no end")
    begin = asked or Cursor(end["feed_ref"], 0)
    if begin.feed_ref != end["feed_ref"] or begin.seq > end["last"]:
        raise Gone
    return begin


def _act(rows: Sequence[asyncpg.Record], recipient: str) -> Act:
    """A page goes into a system of the agency's: it is a transfer, and so a disclosure."""
    children = {row["child_ref"] for row in rows if row["child_ref"] is not None}
    return Act("disclosure", "feed", PURPOSE, len(rows), children=children, recipient=recipient)


def _item(row: asyncpg.Record) -> dict[str, Any]:
    """Write an entry as a CloudEvent."""
    return {
        "specversion": "1.0",
        "id": row["entry_id"],
        "source": SOURCE,
        "type": row["type"],
        "time": stamp(row["at"]),
        "datacontenttype": "application/json",
        "data": {
            "known_at": stamp(row["known_at"]),
            "referral_ref": row["referral_ref"],
            "gap_id": None if row["gap_id"] is None else str(row["gap_id"]),
            "receipt": row["receipt"],
            **msgspec.json.decode(row["data"]),
        },
    }
