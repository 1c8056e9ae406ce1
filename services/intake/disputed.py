"""Which decisions does somebody disagree with? A page at a time.

Whether a disagreement stands is decided by the child's history. So that not every history is read,
those of which no end was told come first, and of the others who asks for open ones is spared those
that are settled for certain, and no others: none that is open is lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

import asyncpg

from services.domain.chronology import Folded
from services.domain.disagreements import SETTLED, Disagreement, Ladder, disagreements_of, told
from services.domain.events import DECIDED, RECEIVED
from services.domain.followed import party
from services.domain.moments import stamp
from services.domain.policy import Policy
from services.domain.registry import Registry
from services.intake.referral_list import act_of, folded_of, require
from services.intake.sight import areas_of
from services.runtime import audit
from services.runtime.asking import Connection, asking
from services.runtime.auth import Caller

State = Literal["open", "settled", "any"]

# Of `ended` somebody said so, of the others nobody did. Over for certain is what was said later to
# be settled, and never retracted, by an agency that may carry it on: who raised it, who received or
# decided, a reviewer. What is doubtful is not over, and the child's history is read.
_RAISED: Final = """
SELECT e.receipt, e.source, e.id, c.ref, p.child_ref, $5::boolean AS ended
FROM event e JOIN carried_ref c USING (receipt)
JOIN chronology.event_position p ON (p.source, p.id) = (e.source, e.id)
WHERE e.type = 'disagreement.raised.v1' AND c.type = 'disagreement.raised.v1'
  AND c.record_ref <> ALL ((SELECT hidden())::text[])
  AND EXISTS (SELECT FROM carried_ref own
              WHERE own.kind = 'referral' AND own.ref = c.ref AND own.agency = ANY($1::text[]))
  AND $5 = EXISTS (SELECT FROM carried_ref said
                   WHERE said.kind = 'referral' AND said.ref = c.ref AND said.type = $3)
  AND ($7::text IS NULL
       OR (e.time, e.receipt) > ((SELECT time FROM event WHERE receipt = $7), $7))
  AND CASE WHEN $5 AND $6 = 'open' THEN (
      SELECT NOT coalesce(
          array_agg(s.agency) FILTER (WHERE s.type = $3 AND s.time > e.time)
          && (array_agg(s.agency) FILTER (WHERE s.type = ANY($4::text[]))
              || e.agency || $2::text[]), false)
      FROM carried_ref sc JOIN event s USING (receipt)
      JOIN chronology.event_position held ON (held.source, held.id) = (s.source, s.id)
      WHERE sc.kind = 'referral' AND sc.ref = c.ref AND held.child_ref = p.child_ref
        AND NOT EXISTS (
            SELECT FROM retraction WHERE (target_source, target_id) = (s.source, s.id)))
      ELSE true END
ORDER BY e.time, e.receipt LIMIT $8
"""


class Place(NamedTuple):
    """How far has been read: whether what came last was said to have ended, and what raised it."""

    ended: bool = False
    receipt: str | None = None

    @classmethod
    def parse(cls, after: str | None) -> "Place":
        """Read `next` of the page before; the beginning where there is none."""
        return cls() if after is None else cls(after[0] == "1", after[1:])

    def __str__(self) -> str:
        return f"{self.ended:d}{self.receipt}"


@dataclass(frozen=True, slots=True)
class Disputed:
    """Answers which decisions are disputed."""

    pool: "asyncpg.Pool[asyncpg.Record]"
    registry: Registry
    policy: Policy
    ladders: Sequence[Ladder]

    async def page(
        self, caller: Caller, state: State, after: str | None, limit: int, now: datetime
    ) -> dict[str, Any]:
        """Return disagreements that the caller is a party to, or reviews. Raises Forbidden."""
        require(caller)
        place, more, items = Place.parse(after), True, list[dict[str, Any]]()
        async with asking(self.pool, caller) as connection:
            while more and len(items) < limit:
                wanted = limit - len(items)
                rows = await self._raised(connection, caller, state, place, wanted + 1)
                more, rows = len(rows) > wanted, rows[:wanted]
                found = await folded_of(connection, rows, self.registry)
                each = (self._told(caller, row, found, now) for row in rows)
                items += (one for one in each if one is not None and state in ("any", one["state"]))
                place = Place(rows[-1]["ended"], rows[-1]["receipt"]) if rows else place
            await audit.write(connection, caller, act_of("disagreements-read", items))
        items.sort(key=lambda one: (one["state"] == "settled", one["raised_at"]))
        return {"items": items, "next": str(place) if more else None, "as_of": stamp(now)}

    async def _raised(
        self, connection: Connection, caller: Caller, state: State, place: Place, limit: int
    ) -> list[asyncpg.Record]:
        """Return what was raised and may be in this state, first that of which no end was told."""
        reviewers = [one.id for one in self.registry.agencies.values() if one.kind == "reviewer"]
        asked = (sorted(self._near(caller)), reviewers, SETTLED, [RECEIVED, DECIDED])
        rows: list[asyncpg.Record] = []
        for ended in sorted({place.ended or state == "settled", True}):
            after = place.receipt if ended == place.ended else None
            left = limit - len(rows)
            rows += await connection.fetch(_RAISED, *asked, ended, state, after, left)
            if len(rows) == limit:
                break
        return rows

    def _told(
        self, caller: Caller, row: asyncpg.Record, found: Mapping[str, Folded], now: datetime
    ) -> dict[str, Any] | None:
        """Tell of the disagreement that was raised by an event, where the caller may know of it."""
        folded = found.get(row["child_ref"])
        referral = None if folded is None else folded.referrals.get(row["ref"])
        if folded is None or referral is None:
            return None
        if all(party(referral, agency) is None for agency in self._near(caller)):
            return None
        begun = (row["source"], row["id"])
        every = disagreements_of(referral, self.registry)
        one = next((one for one in every if one.raised.key == begun), None)
        return None if one is None else self._item(row["ref"], folded, one, now)

    def _item(self, ref: str, folded: Folded, one: Disagreement, now: datetime) -> dict[str, Any]:
        referral = folded.referrals[ref]
        received = referral.of_type(RECEIVED)
        return {
            "referral_ref": ref,
            "child_ref": folded.child_ref,
            "sender": next(iter(referral.senders), None),
            "recipient": received[0].agency if received else None,
            **told(one, self.ladders, self.policy.calendar, now),
        }

    def _near(self, caller: Caller) -> frozenset[str]:
        """The agencies whose disagreements a caller sees: its own; a reviewer those of its area."""
        if caller.role != "qa-reviewer":
            return frozenset({caller.agency})
        areas = areas_of(caller, self.registry)
        every = self.registry.agencies.values()
        return frozenset(one.id for one in every if areas.intersection(one.areas))
