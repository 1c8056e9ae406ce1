"""What is in the equity pack of a period? Reads, counts, and writes down who has read."""

from datetime import datetime
from typing import Final

import msgspec
from asyncpg import Pool, Record

from services.dashboards import measures_released, store
from services.dashboards.desk import Desk
from services.dashboards.handlers import PURPOSE, Forbidden
from services.dashboards.pack_file import Stated, zipped
from services.dashboards.sight import near
from services.domain import equity_pack
from services.domain.equity_children import STAGE_TYPES, Asked, Told, children_of
from services.domain.equity_pack import STAGE_BEFORE, Child, Pack
from services.domain.measures.months import Period
from services.domain.moments import stamp
from services.domain.policy import Policy
from services.runtime import audit
from services.runtime.asking import Connection, asking
from services.runtime.audit import Act
from services.runtime.auth import Caller
from services.runtime.questions import whole_block

ACTION: Final = "equity-pack-read"
ROLES: Final = frozenset({"pcc-analyst", "pcc-editor", "qa-reviewer"})
NAME: Final = "equity"
_EVENTS: Final = "SELECT * FROM chronology.seen_equity_events($1::text[], $2, $3)"
_FINDINGS: Final = "SELECT * FROM ledger.equity_findings($1::text[], $2, $3, $4)"
_RELEASED: Final = """
SELECT content, number, known_at
FROM ledger.seen_release_pack JOIN ledger.seen_release USING (body, number)
WHERE name = $1 AND since = $2 AND months = $3
"""


class NotReleased(Exception):
    """Nothing was published of these months."""


class Frozen(msgspec.Struct, frozen=True):
    """A pack as it was published, and the version of the policy that it was judged by."""

    policy: str
    pack: Pack


async def download(
    desk: Desk,
    caller: Caller,
    months: tuple[str, str],
    period: tuple[datetime, datetime],
    now: datetime,
) -> bytes:
    """Return the pack as a zip file, and write who read it, in one transaction.

    Who may not see cases is given what was published. Raises Forbidden for a role that is not shown
    it; for what is published NotReleased, and RequestValidationError for months off the grid.
    """
    agencies = near(caller, desk.registry)
    if caller.role not in ROLES or not agencies:
        raise Forbidden
    if measures_released.may(caller):
        return zipped(*await _released(desk, caller, whole_block(desk.grid, *months), period))
    asked = Asked(*period, agencies)
    children, known_at = await _read(desk.readers, desk.policy, caller, asked, now)
    stated = Stated(*months, desk.policy.version, stamp(now), stamp(known_at))
    return zipped(equity_pack.pack(children), stated)


async def _released(
    desk: Desk, caller: Caller, block: Period, period: tuple[datetime, datetime]
) -> tuple[Pack, Stated]:
    async with asking(desk.readers, caller) as connection:
        row = await connection.fetchrow(_RELEASED, NAME, block.first.first, len(block))
        frozen = None if row is None else msgspec.json.decode(row["content"], type=Frozen)
        await _record(connection, caller, period, len(frozen.pack.rows) if frozen else 0)
    if row is None or frozen is None:  # which is on record as well
        raise NotReleased
    known_at = stamp(row["known_at"])
    months = (str(block.first), str(block.last))
    return frozen.pack, Stated(*months, frozen.policy, known_at, known_at, row["number"])


async def _read(
    readers: "Pool[Record]", policy: Policy, caller: Caller, asked: Asked, now: datetime
) -> tuple[list[Child], datetime]:
    async with asking(readers, caller) as connection:
        known_at = await store.watermark(connection)
        children = await _children(connection, policy, asked, now)
        await _record(connection, caller, (asked.since, asked.before), len(children))
    return children, known_at


async def _record(
    connection: Connection, caller: Caller, period: tuple[datetime, datetime], rows: int
) -> None:
    since, before = period
    asked = audit.coded({"since": since, "before": before}, {})
    act = Act("consultation", ACTION, PURPOSE, rows, asked=asked)
    await audit.write(connection, caller, act)


async def _children(
    connection: Connection, policy: Policy, asked: Asked, now: datetime
) -> list[Child]:
    period = (asked.since, asked.before)
    events = await connection.fetch(_EVENTS, list(STAGE_TYPES), *period)
    findings = await connection.fetch(_FINDINGS, list(STAGE_BEFORE), now, *period)
    rows = [Told(*row) for row in events]
    told = [(row.child_ref, row.event) for row in rows]
    return children_of(told, [tuple(row) for row in findings], asked, policy)
