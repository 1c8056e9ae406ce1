"""Which referrals has an agency sent and received, and what became of each?

Only where to look comes from what the agency sent; who may follow is decided by the child's history
as it stands, as for one referral (`referral.Follower`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from services.domain.chronology import Folded
from services.domain.disagreements import Ladder, disagreements_of, latest, told
from services.domain.events import MADE, RECEIVED
from services.domain.followed import Party, followed, party
from services.domain.moments import stamp
from services.domain.policy import Policy
from services.domain.registry import Registry
from services.intake.sight import READERS
from services.runtime import audit
from services.runtime.asking import Connection, asking
from services.runtime.audit import Act
from services.runtime.auth import Caller, Forbidden
from services.runtime.histories import histories

PURPOSE: Final = "referral-follow-up"
_BEGUN_BY: Final[Mapping[Party, str]] = {"sender": MADE, "recipient": RECEIVED}
_TOLD: Final = ("state", "made_at", "received_at", "decided_at", "told_at", "decision")
# The page is cut from the events alone: of each the sender's own ref is one, and joined first they
# would all be read.
_PAGE: Final = """
SELECT e.receipt, e.time, c.ref, p.child_ref
FROM (
    SELECT receipt, record_ref, time, source, id FROM event
    WHERE agency = $1 AND type = $2 AND record_ref <> ALL ((SELECT hidden())::text[])
      AND ($5::text IS NULL OR receipt = $5)
      AND ($3::text IS NULL OR (time, receipt) < (
          SELECT time, receipt FROM event WHERE receipt = $3 AND agency = $1))
    ORDER BY time DESC, receipt DESC LIMIT $4) AS e
JOIN carried_ref c ON c.record_ref = e.record_ref AND c.receipt = e.receipt AND c.kind = 'referral'
LEFT JOIN chronology.event_position p ON (p.source, p.id) = (e.source, e.id)
ORDER BY e.time DESC, e.receipt DESC
"""


@dataclass(frozen=True, slots=True)
class Page:
    """Which referrals: as what the agency has them, after which, or one alone by its receipt."""

    as_what: Party
    after: str | None
    receipt: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class Listed:
    """Answers which referrals an agency has."""

    pool: "asyncpg.Pool[asyncpg.Record]"
    registry: Registry
    policy: Policy
    ladders: Sequence[Ladder]

    async def page(self, caller: Caller, asked: Page, now: datetime) -> dict[str, Any]:
        """Return a page of referrals, the last first. Raises Forbidden."""
        as_what, limit = asked.as_what, asked.limit
        require(caller)
        async with asking(self.pool, caller) as connection:
            rows = await connection.fetch(
                _PAGE, caller.agency, _BEGUN_BY[as_what], asked.after, limit + 1, asked.receipt
            )
            shown = rows[:limit]
            found = await folded_of(connection, shown, self.registry)
            items = [
                item for row in shown
                if (item := self._item(caller, as_what, row, found, now)) is not None
            ]  # fmt: skip
            await audit.write(connection, caller, act_of("referrals-read", items))
        more = len(rows) > len(shown)
        return {"items": items, "next": shown[-1]["receipt"] if more else None, "as_of": stamp(now)}

    def of_referral(self, folded: Folded, ref: str, now: datetime) -> dict[str, Any] | None:
        """Tell of the last disagreement about a referral, if there ever was one."""
        one = latest(disagreements_of(folded.referrals[ref], self.registry))
        return None if one is None else told(one, self.ladders, self.policy.calendar, now)

    def _item(
        self,
        caller: Caller,
        as_what: Party,
        row: asyncpg.Record,
        found: Mapping[str, Folded],
        now: datetime,
    ) -> dict[str, Any] | None:
        """Tell of one referral; None where the history says that it is not this agency's."""
        ref, folded = row["ref"], found.get(row["child_ref"])
        begun = {"referral_ref": ref, "as": as_what, "receipt": row["receipt"],
                 "child_ref": row["child_ref"], "sent_at": stamp(row["time"])}  # fmt: skip
        if folded is None:
            return {**begun, "state": "accepted", "overdue": [], "next_due": None}
        referral = folded.referrals.get(ref)
        if referral is None or party(referral, caller.agency) != as_what:
            return None
        whole = followed(folded, ref, as_what, self.policy, now)
        running = [one for one in whole["clocks"] if one.get("result") == "running"]
        return {
            **begun,
            **{name: whole[name] for name in _TOLD},
            "overdue": [one["rule"] for one in whole["clocks"] if one.get("result") == "overdue"],
            "next_due": min((one["due_at"] for one in running), default=None),
            "disagreement": self.of_referral(folded, ref, now),
        }


def require(caller: Caller) -> None:
    """Let nobody ask but who may follow referrals. Raises Forbidden."""
    if caller.role not in READERS or not caller.may_ask(PURPOSE):
        raise Forbidden


async def folded_of(
    connection: Connection, rows: Iterable[asyncpg.Record], registry: Registry
) -> dict[str, Folded]:
    """Return the histories of the children in these rows, by `child_ref`."""
    refs = sorted({row["child_ref"] for row in rows if row["child_ref"] is not None})
    found = await histories(connection, refs, registry)
    return {folded.child_ref: folded for folded in found}


def act_of(action: str, items: Sequence[Mapping[str, Any]]) -> Act:
    """Return what is put on record of a list that was read."""
    children = {one["child_ref"] for one in items if one["child_ref"] is not None}
    return Act("consultation", action, PURPOSE, len(items), children=children)
