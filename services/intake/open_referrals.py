"""Has this child been referred already, and is that still open? Told, and never a reason to refuse.

Told of the sender's own agency alone: that another has referred a child is not for everyone to
know, and asking would be a way to find out.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from services.domain.events import CLOSED, DECIDED, MADE, WITHDRAWN, Key
from services.domain.moments import london_day, stamp
from services.intake.candidates import Candidate, Notice
from services.intake.store import Connection

_OPEN: Final = """
SELECT a.place, e.receipt, e.source, e.id, e.time, c.ref
FROM unnest($1::int[], $2::text[], $3::text[]) AS a(place, child_ref, ref)
JOIN record r ON r.child_ref = a.child_ref AND r.agency = $4
JOIN carried_ref c ON c.record_ref = r.record_ref AND c.kind = 'referral' AND c.type = $5
    AND c.ref <> a.ref
JOIN event e USING (receipt)
WHERE NOT EXISTS (
        SELECT FROM retraction t WHERE t.target_source = e.source AND t.target_id = e.id)
    AND NOT EXISTS (
        SELECT FROM carried_ref s WHERE s.kind = 'referral' AND s.ref = c.ref AND s.type = ANY($6))
"""
_SETTLED: Final = (WITHDRAWN, DECIDED, CLOSED)


class Made(NamedTuple):
    """A referral that has just been taken in, and whose child it is about."""

    candidate: Candidate
    child_ref: str
    receipt: str


class _Earlier(NamedTuple):
    at: datetime
    ref: str


async def notices(
    connection: Connection, agency: str, made: Mapping[int, Made]
) -> dict[int, tuple[Notice, ...]]:
    """Return, by place, what to tell of the agency's own referrals of the same child.

    Open is one that is neither decided, closed, withdrawn nor retracted. Of two in `made` the later
    is told of the earlier.
    """
    if not made:
        return {}
    asked = [
        (place, one.child_ref, one.candidate.stated["referral_ref"]) for place, one in made.items()
    ]
    columns = [list(column) for column in zip(*asked, strict=True)]
    rows = await connection.fetch(_OPEN, *columns, agency, MADE, _SETTLED)
    new = {one.receipt for one in made.values()}
    found: dict[int, list[_Earlier]] = {}
    for row in rows:
        order: tuple[datetime, Key] = (row["time"], (row["source"], row["id"]))
        mine = made[row["place"]].candidate
        if row["receipt"] not in new or order < (mine.time, mine.key):
            found.setdefault(row["place"], []).append(_Earlier(row["time"], row["ref"]))
    return {place: (_told(earlier),) for place, earlier in found.items()}


def _told(earlier: Collection[_Earlier]) -> Notice:
    last = max(earlier)
    day = london_day(last.at)
    count = len({one.ref for one in earlier})
    several = "a referral" if count == 1 else f"{count} referrals"
    message = (
        f"Your agency has {several} of this child still open: last referred on {day:%d/%m/%Y}."
        " Nothing is refused. To add to that one, send an amendment."
    )
    return Notice("/data/child", "open-referral", message, stamp(last.at), last.ref)
