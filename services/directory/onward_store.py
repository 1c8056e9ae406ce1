"""How is what was said of onward referrals read, on behalf of who asks?"""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import msgspec
from asyncpg import Record

from services.domain.events import RETRACTED, Event
from services.domain.measures.months import Period
from services.domain.moments import stamp
from services.domain.onward_measures import Row
from services.runtime.asking import Connection

_FIGURES: Final = "SELECT * FROM chronology.seen_onward($1, $2) ORDER BY number"
_OWN: Final = "SELECT * FROM chronology.seen_onward_own($1, $2)"
_WHOSE: Final = """
SELECT access.figures() || access.own() AS agencies, access.own() AS own,
       access.provides() AS provides
"""

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


Told = list[tuple[str, Event]]
"""Events by child."""


async def whose(connection: Connection) -> Mapping[str, Collection[str]]:
    """Return whose figures and whose referrals the database says that the asker sees."""
    (row,) = await connection.fetch(_WHOSE)
    return dict(row)


async def figures(connection: Connection, since: datetime, before: datetime) -> Told:
    """Return what figures are made of: children and refs go by numbers of this answer."""
    return list(_numbered(await connection.fetch(_FIGURES, since, before)))


async def released(connection: Connection, block: Period) -> tuple[Frozen, Release] | None:
    """Return what was published of a block of months to the asker; None where nothing was."""
    row = await connection.fetchrow(_RELEASED, block.first.first, len(block))
    if row is None:
        return None
    content, *release = row
    return msgspec.json.decode(content, type=Frozen), Release(*release)


async def own(connection: Connection, since: datetime, before: datetime) -> Told:
    """Return what was said of the asker's own referrals, or of those to its providers."""
    return [
        (row["child_ref"], _event(row["source"], row["id"], row, _target(row)))
        for row in await connection.fetch(_OWN, since, before)
    ]


def _numbered(rows: list[Record]) -> Iterator[tuple[str, Event]]:
    for row in rows:
        target = None
        if row["target_number"] is not None:
            target = (f"/{row['target_agency']}/-", _name(row["target_number"]))
        key = (f"/{row['agency']}/-", _name(row["number"]))
        yield str(row["child"]), _event(*key, row, target)


def _name(number: int) -> str:
    """Write a number so that texts are in the order of numbers."""
    return f"{number:012}"


def _target(row: Record) -> tuple[str, str] | None:
    return None if row["target_id"] is None else (row["target_source"], row["target_id"])


def _event(source: str, event_id: str, row: Record, target: tuple[str, str] | None) -> Event:
    facts: dict[str, Any] = msgspec.json.decode(row["facts"])
    if row["type"] == RETRACTED and target is not None:
        facts = {"retracts": {"source": target[0], "id": target[1]}}
    return Event.of_counts(source, event_id, row["type"], row["at"].astimezone(UTC), facts)
