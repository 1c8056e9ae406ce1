"""Which referrals has an agency sent and received, what became of each, and which are disputed?

Only where to look comes from what the agency sent; who may follow is decided by the child's history
as it stands, as for one referral (`referral.Follower`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import asyncpg

from services.domain.chronology import Folded
from services.domain.disagreements import Disagreement, Ladder, disagreements_of, latest, told
from services.domain.events import MADE, RECEIVED
from services.domain.followed import Party, followed, party
from services.domain.moments import stamp
from services.domain.policy import Policy
from services.domain.registry import Registry
from services.intake.entitlement import READERS, areas_of
from services.runtime import audit
from services.runtime.asking import Connection, asking
from services.runtime.audit import Act
from services.runtime.auth import Caller, Forbidden
from services.runtime.histories import histories

PURPOSE: Final = "referral-follow-up"
MOST: Final = 200
"""Disagreements that are answered at once: a county has tens."""

DisagreementState = Literal["open", "settled", "any"]
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
_RAISED: Final = """
SELECT DISTINCT c.ref, p.child_ref
FROM carried_ref c JOIN event e USING (receipt)
JOIN chronology.event_position p ON (p.source, p.id) = (e.source, e.id)
WHERE c.type = 'disagreement.raised.v1' AND c.record_ref <> ALL ((SELECT hidden())::text[])
  AND EXISTS (SELECT FROM carried_ref own
              WHERE own.kind = 'referral' AND own.ref = c.ref AND own.agency = ANY($1::text[]))
ORDER BY 1, 2 LIMIT $2
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
    """Answers which referrals an agency has, and which of them are disputed."""

    pool: "asyncpg.Pool[asyncpg.Record]"
    registry: Registry
    policy: Policy
    ladders: Sequence[Ladder]

    async def page(self, caller: Caller, asked: Page, now: datetime) -> dict[str, Any]:
        """Return a page of referrals, the last first. Raises Forbidden."""
        as_what, limit = asked.as_what, asked.limit
        _require(caller)
        async with asking(self.pool, caller) as connection:
            rows = await connection.fetch(
                _PAGE, caller.agency, _BEGUN_BY[as_what], asked.after, limit + 1, asked.receipt
            )
            shown = rows[:limit]
            found = await self._folded(connection, shown)
            items = [
                item for row in shown
                if (item := self._item(caller, as_what, row, found, now)) is not None
            ]  # fmt: skip
            await audit.write(connection, caller, _act("referrals-read", items))
        more = len(rows) > len(shown)
        return {"items": items, "next": shown[-1]["receipt"] if more else None, "as_of": stamp(now)}

    async def disputed(
        self, caller: Caller, state: DisagreementState, now: datetime
    ) -> dict[str, Any]:
        """Return the disagreements that the caller is a party to, or reviews. Raises Forbidden."""
        _require(caller)
        async with asking(self.pool, caller) as connection:
            rows = await connection.fetch(_RAISED, sorted(self._near(caller)), MOST)
            found = await self._folded(connection, rows)
            items = [
                self._disputed(row["ref"], found[row["child_ref"]], one, now)
                for row in rows
                if row["child_ref"] in found
                for one in self._of(found[row["child_ref"]], row["ref"], caller)
                if state in ("any", one.state)
            ]
            await audit.write(connection, caller, _act("disagreements-read", items))
        items.sort(key=lambda one: (one["state"] == "settled", one["raised_at"]))
        return {"items": items, "as_of": stamp(now)}

    def of_referral(self, folded: Folded, ref: str, now: datetime) -> dict[str, Any] | None:
        """Tell of the last disagreement about a referral, if there ever was one."""
        one = latest(disagreements_of(folded.referrals[ref], self.registry))
        return None if one is None else told(one, self.ladders, self.policy.calendar, now)

    async def _folded(
        self, connection: Connection, rows: Iterable[asyncpg.Record]
    ) -> dict[str, Folded]:
        refs = sorted({row["child_ref"] for row in rows if row["child_ref"] is not None})
        found = await histories(connection, refs, self.registry)
        return {folded.child_ref: folded for folded in found}

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

    def _of(self, folded: Folded, ref: str, caller: Caller) -> list[Disagreement]:
        """Return the disagreements about a referral that a caller may know of."""
        referral = folded.referrals.get(ref)
        if referral is None:
            return []
        near = self._near(caller)
        own = any(party(referral, agency) is not None for agency in near)
        return disagreements_of(referral, self.registry) if own else []

    def _near(self, caller: Caller) -> frozenset[str]:
        """The agencies whose disagreements a caller sees: its own; a reviewer those of its area."""
        if caller.role != "qa-reviewer":
            return frozenset({caller.agency})
        areas = areas_of(caller, self.registry)
        every = self.registry.agencies.values()
        return frozenset(one.id for one in every if areas.intersection(one.areas))

    def _disputed(
        self, ref: str, folded: Folded, one: Disagreement, now: datetime
    ) -> dict[str, Any]:
        referral = folded.referrals[ref]
        received = referral.of_type(RECEIVED)
        return {
            "referral_ref": ref,
            "child_ref": folded.child_ref,
            "sender": next(iter(referral.senders), None),
            "recipient": received[0].agency if received else None,
            **told(one, self.ladders, self.policy.calendar, now),
        }


def _require(caller: Caller) -> None:
    if caller.role not in READERS or not caller.may_ask(PURPOSE):
        raise Forbidden


def _act(action: str, items: Sequence[Mapping[str, Any]]) -> Act:
    children = {one["child_ref"] for one in items if one["child_ref"] is not None}
    return Act("consultation", action, PURPOSE, len(items), children=children)
