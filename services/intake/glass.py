"""How does somebody see a restricted child all the same, and who looks at whether it was right?

Breaking the glass opens one child to one person for a while, on record and with a reason, which is
free text and sealed under the key of a record of the child. Another person looks at it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import asyncpg

from services.domain.moments import stamp
from services.intake import store
from services.intake.sight import READERS
from services.intake.vault import Vault, glass_place
from services.runtime import audit, clock
from services.runtime.asking import Connection, asking
from services.runtime.audit import Act, Purpose
from services.runtime.auth import Caller, Forbidden

Outcome = Literal["justified", "not-justified"]

_RESTRICTED: Final = """
SELECT record_ref FROM record JOIN restricted_child USING (child_ref)
WHERE child_ref = $1 AND agency = ANY (access.reach()) ORDER BY record_ref LIMIT 1
"""
_BREAK: Final = """
INSERT INTO glass (glass_id, record_ref, subject, agency, role, purpose, sealed, broken_at, ends_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz, $8::timestamptz + access.glass_lasts())
RETURNING ends_at
"""
_REVIEWS: Final = "SELECT access.said('role') = ANY (access.named())"
_WAITING: Final = """
SELECT g.glass_id, g.record_ref, r.child_ref, g.subject, g.agency, g.role, g.purpose, g.sealed,
       g.broken_at, g.ends_at
FROM glass g JOIN record r USING (record_ref)
WHERE g.reviewed_at IS NULL AND r.agency = ANY (access.reach()) ORDER BY g.broken_at LIMIT 200
"""
_REVIEW: Final = """
UPDATE glass g SET (reviewed_by, reviewed_at, outcome) = ($2, $3, $4) FROM record r
WHERE g.glass_id = $1 AND g.reviewed_at IS NULL AND r.record_ref = g.record_ref
  AND r.agency = ANY (access.reach()) AND g.subject <> $2 RETURNING r.child_ref
"""


@dataclass(frozen=True, slots=True)
class Glass:
    """Breaks the glass before restricted children, and keeps what is to be looked at."""

    pool: "asyncpg.Pool[asyncpg.Record]"
    vault: Vault

    async def broken(
        self, caller: Caller, child_ref: str, purpose: Purpose, reason: str
    ) -> dict[str, Any] | None:
        """Open a restricted child to a person; None where no record of theirs is of one.

        Raises Forbidden.
        """
        if caller.role not in READERS or not caller.may_ask(purpose):
            raise Forbidden
        async with asking(self.pool, caller) as connection:
            record_ref = await connection.fetchval(_RESTRICTED, child_ref)
            found = int(record_ref is not None)
            act = Act("consultation", "break-glass", purpose, found, children=[child_ref])
            await audit.write(connection, caller, act)
            if record_ref is None:
                return None
            return await self._open(connection, caller, record_ref, purpose, reason)

    async def _open(
        self, connection: Connection, caller: Caller, record_ref: str, purpose: str, reason: str
    ) -> dict[str, Any]:
        glass_id = clock.new_ref()
        owners = await store.records_by_ref(connection, self.vault, [record_ref])
        sealed = owners[record_ref].key.seal(reason.encode(), glass_place(glass_id))
        who = (caller.subject, caller.agency, caller.role)
        ends_at: datetime = await connection.fetchval(
            _BREAK, glass_id, record_ref, *who, purpose, sealed, clock.now()
        )
        return {"glass_id": glass_id, "ends_at": stamp(ends_at)}

    async def waiting(self, caller: Caller) -> list[dict[str, Any]]:
        """Return what nobody has looked at, to those named in policy. Raises Forbidden."""
        async with asking(self.pool, caller) as connection:
            await _require_named(connection)
            rows = await connection.fetch(_WAITING)
            act = Act(
                "consultation",
                "broken-glass-read",
                "supervision",
                len(rows),
                children={row["child_ref"] for row in rows},
            )
            await audit.write(connection, caller, act)
            refs = {row["record_ref"] for row in rows}
            owners = await store.records_by_ref(connection, self.vault, refs)
        return [_told(row, owners[row["record_ref"]]) for row in rows]

    async def reviewed(self, caller: Caller, glass_id: str, outcome: Outcome) -> bool:
        """Keep what another person says of it; False where there is none for them to look at.

        Raises Forbidden.
        """
        async with asking(self.pool, caller) as connection:
            await _require_named(connection)
            child_ref = await connection.fetchval(
                _REVIEW, glass_id, caller.subject, clock.now(), outcome
            )
            if child_ref is not None:
                act = Act(
                    "alteration", "broken-glass-reviewed", "supervision", 1, children=[child_ref]
                )
                await audit.write(connection, caller, act)
        return child_ref is not None


async def _require_named(connection: Connection) -> None:
    if not await connection.fetchval(_REVIEWS):
        raise Forbidden


def _told(row: asyncpg.Record, owner: store.Owner) -> dict[str, Any]:
    reason = owner.key.open(row["sealed"], glass_place(row["glass_id"])).decode()
    plain = ("glass_id", "child_ref", "subject", "agency", "role", "purpose")
    times = {name: stamp(row[name]) for name in ("broken_at", "ends_at")}
    return {**{name: row[name] for name in plain}, "reason": reason, **times}
