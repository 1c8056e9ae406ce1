"""What is in the equity pack of a period? Reads, counts, and writes down who has read."""

from datetime import UTC, datetime
from typing import Any, Final

from asyncpg import Pool, Record

from services.dashboards import store
from services.dashboards.desk import Desk
from services.dashboards.handlers import PURPOSE, Forbidden
from services.dashboards.pack_file import Stated, zipped
from services.dashboards.sight import near
from services.domain import equity_pack
from services.domain.equity_children import STAGE_TYPES, Asked, children_of
from services.domain.equity_pack import STAGE_BEFORE, Child
from services.domain.events import RETRACTED, Event, agency_of
from services.domain.moments import stamp
from services.domain.policy import Policy
from services.runtime import audit
from services.runtime.asking import Connection, asking
from services.runtime.audit import Act
from services.runtime.auth import Caller

ACTION: Final = "equity-pack-read"
ROLES: Final = frozenset({"pcc-analyst", "pcc-editor", "qa-reviewer"})
_EVENTS: Final = "SELECT * FROM chronology.seen_equity_events($1::text[], $2, $3)"
_FINDINGS: Final = "SELECT * FROM ledger.equity_findings($1::text[], $2, $3, $4)"


async def download(
    desk: Desk,
    caller: Caller,
    months: tuple[str, str],
    period: tuple[datetime, datetime],
    now: datetime,
) -> bytes:
    """Return the pack as a zip file, and write who read it, in one transaction.

    Raises Forbidden for a role that is not shown it.
    """
    agencies = near(caller, desk.registry)
    if caller.role not in ROLES or not agencies:
        raise Forbidden
    asked = Asked(*period, agencies)
    children, known_at = await _read(desk.readers, desk.policy, caller, asked, now)
    stated = Stated(*months, desk.policy.version, stamp(now), stamp(known_at))
    return zipped(equity_pack.pack(children), stated)


async def _read(
    readers: "Pool[Record]", policy: Policy, caller: Caller, asked: Asked, now: datetime
) -> tuple[list[Child], datetime]:
    async with asking(readers, caller) as connection:
        known_at = await store.watermark(connection)
        children = await _children(connection, policy, asked, now)
        period = audit.coded({"since": asked.since, "before": asked.before}, {})
        act = Act("consultation", ACTION, PURPOSE, len(children), asked=period)
        await audit.write(connection, caller, act)
    return children, known_at


async def _children(
    connection: Connection, policy: Policy, asked: Asked, now: datetime
) -> list[Child]:
    period = (asked.since, asked.before)
    events = await connection.fetch(_EVENTS, list(STAGE_TYPES), *period)
    findings = await connection.fetch(_FINDINGS, list(STAGE_BEFORE), now, *period)
    told = [(row["child_ref"], _event(row)) for row in events]
    return children_of(told, [tuple(row) for row in findings], asked, policy)


def _event(row: Record) -> Event:
    """Return what is told of an event: as much as is counted by."""
    facts: dict[str, Any] = {
        "child": {"age": row["age"], "sex": row["sex"], "ethnicity": row["ethnicity"]},
        "indicators": ["stated"] if row["indicator"] else [],
        "harms": row["harms"],
    }
    if row["type"] == RETRACTED:
        facts = {"retracts": {"source": row["target_source"], "id": row["target_id"]}}
    at = row["at"].astimezone(UTC)
    agency = agency_of(row["source"])
    return Event(row["source"], row["id"], row["type"], at, at, agency, None, None, 0, 0, facts)
