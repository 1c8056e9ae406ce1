"""What became of a referral? For who made it and for who has received it, and on record.

A ref can be guessed, and an agency holds whatever it sent under one: so that is only where to look.
Who may follow is decided by the child's history as it stands.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from services.domain.chronology import Folded
from services.domain.events import MADE, RECEIVED
from services.domain.followed import Party, followed, party
from services.domain.moments import stamp
from services.domain.policy import Policy
from services.domain.registry import Registry
from services.intake.receipts import seen, told
from services.intake.sight import READERS
from services.runtime import audit, beliefs
from services.runtime.asking import asking
from services.runtime.audit import Act, Purpose
from services.runtime.auth import Caller, Forbidden
from services.runtime.histories import Connection, histories

_OWN: Final = """
SELECT e.receipt, e.record_ref, e.type, e.time, e.source, e.id, p.child_ref,
       p.source IS NOT NULL AS held
FROM carried_ref c JOIN event e USING (receipt)
LEFT JOIN chronology.event_position p ON (p.source, p.id) = (e.source, e.id)
WHERE c.kind = 'referral' AND c.ref = $1 AND c.agency = $2
ORDER BY e.time, e.source, e.id
"""
_GAPS: Final = """
SELECT * FROM ledger.belief
WHERE child_ref = $1 AND referral_ref = $2 AND known_to IS NULL AND opens_at <= $3
ORDER BY opens_at, rule, gap_id
"""
_PARTIES: Final[Mapping[str, Party]] = {MADE: "sender", RECEIVED: "recipient"}


class SeveralChildren(Exception):
    """The ref is used for several children, and none was named."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which referral is asked for; `receipt`, of an own event, tells which child of several."""

    ref: str
    receipt: str | None
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Follower:
    """Answers what became of referrals."""

    pool: "asyncpg.Pool[asyncpg.Record]"
    registry: Registry
    policy: Policy
    disagreement: Callable[[Folded, str, datetime], dict[str, Any] | None]
    """Tells of the last disagreement about a referral."""

    async def follow(self, caller: Caller, asked: Asked, now: datetime) -> dict[str, Any] | None:
        """Tell of a referral as it stands; None where there is none that the caller may follow.

        Raises Forbidden, SeveralChildren.
        """
        if caller.role not in READERS or not caller.may_ask(asked.purpose):
            raise Forbidden
        async with asking(self.pool, caller) as connection:
            hidden = await connection.fetchval("SELECT hidden()")
            rows = await connection.fetch(_OWN, asked.ref, caller.agency)
            own = [row for row in rows if row["record_ref"] not in hidden]
            found = await self._parties(connection, caller, asked, own)
            child_ref = found[0][0].child_ref if len(found) == 1 else None
            children = {folded.child_ref for folded, _ in found}
            act = Act(
                "consultation",
                "referral",
                asked.purpose,
                len(found),
                children=children,
                about=asked.ref,
            )
            await audit.write(connection, caller, act)
            rows = await connection.fetch(_GAPS, child_ref, asked.ref, now) if child_ref else []
        if len(found) > 1:
            raise SeveralChildren
        if child_ref is None:
            return _accepted(asked, own)
        return self._answer(caller, asked.ref, found[0], own, rows, now)

    async def _parties(
        self,
        connection: Connection,
        caller: Caller,
        asked: Asked,
        own: Iterable[asyncpg.Record],
    ) -> list[tuple[Folded, Party]]:
        """Return the children whose referral of this ref the caller may follow, and as what."""
        children = {
            row["child_ref"]
            for row in own
            if row["child_ref"] and asked.receipt in (None, row["receipt"])
        }
        if not children:
            return []
        found = await histories(connection, sorted(children), self.registry)
        theirs = (
            (folded, party(folded.referrals[asked.ref], caller.agency))
            for folded in found
            if asked.ref in folded.referrals
        )
        return [(folded, as_what) for folded, as_what in theirs if as_what is not None]

    def _answer(  # noqa: PLR0913 - what was read, put together
        self,
        caller: Caller,
        ref: str,
        found: tuple[Folded, Party],
        own: Iterable[asyncpg.Record],
        rows: Iterable[asyncpg.Record],
        now: datetime,
    ) -> dict[str, Any]:
        folded, as_what = found
        gaps = (beliefs.from_row(row) for row in rows)
        keys = {event.key for event in folded.carrying("referral_ref", ref)}
        return {
            "referral_ref": ref,
            "as": as_what,
            "child_ref": folded.child_ref,
            **followed(folded, ref, as_what, self.policy, now),
            "disagreement": self.disagreement(folded, ref, now),
            "gaps": [
                told(gap, caller, self.registry) for gap in gaps if seen(gap, caller, self.registry)
            ],
            "receipts": [
                _receipt(row)
                for row in own
                if not row["held"] or (row["source"], row["id"]) in keys
            ],
        }


def _accepted(asked: Asked, own: Iterable[asyncpg.Record]) -> dict[str, Any] | None:
    """Tell the sender of what is stored for good and not yet in order; None where that is nothing.

    What has come into order and has no effect is no referral that this agency may follow.
    """
    waiting = [row for row in own if not row["held"] and asked.receipt in (None, row["receipt"])]
    begun = next((_PARTIES[row["type"]] for row in waiting if row["type"] in _PARTIES), None)
    if begun is None:
        return None
    receipts = [_receipt(row) for row in waiting]
    return {"referral_ref": asked.ref, "as": begun, "state": "accepted", "receipts": receipts}


def _receipt(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "receipt": row["receipt"],
        "type": row["type"],
        "at": stamp(row["time"]),
        "in_chronology": row["held"],
    }
