"""How are the matcher's decisions written?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.intake import revision
from services.intake.matcher_waiting import ANSWERED
from services.intake.matching import Review
from services.intake.records import Value
from services.intake.retracted import Connection
from services.intake.revision import Revised
from services.runtime import audit, clock
from services.runtime.audit import Act

# In one order with the relay, which writes the same rows.
_LOCK_EVENTS = "SELECT FROM event WHERE receipt = ANY($1) ORDER BY receipt FOR NO KEY UPDATE"
_RELINK = """
UPDATE record SET child_ref = linked.child_ref, link_version = linked.link_version
FROM unnest($1::text[], $2::text[], $3::bigint[]) AS linked (record_ref, child_ref, link_version)
WHERE record.record_ref = linked.record_ref
"""
_OUTBOX = """
INSERT INTO outbox (topic, key, value) SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[])
"""
_EFFECTS = """
INSERT INTO effect (receipt, record_ref, link_version, source, id, revision)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::int[])
"""
_MATCHED = "UPDATE event SET matched_at = $2 WHERE receipt = ANY($1)"
_OPEN_REVIEWS = """
SELECT review_id, kind, value_mac, records, reason FROM review
WHERE closed_at IS NULL AND (kind, value_mac) IN (SELECT * FROM unnest($1::text[], $2::bytea[]))
"""
_REBLOCK = """
WITH now AS MATERIALIZED (
    SELECT * FROM unnest($2::text[], $3::bytea[]) AS n (record_ref, block_mac)),
left_over AS (
    DELETE FROM block AS b WHERE b.record_ref = ANY($1) AND NOT EXISTS (
        SELECT FROM now WHERE (now.record_ref, now.block_mac) = (b.record_ref, b.block_mac)))
INSERT INTO block (record_ref, block_mac) SELECT * FROM now ON CONFLICT DO NOTHING
"""
# Whoever met in a block that is crowded now is judged again without it, once.
_CROWDED_BLOCKS = """
WITH crowd AS (
    INSERT INTO crowded_block (block_mac, since) SELECT *, $2 FROM unnest($1::bytea[])
    ON CONFLICT DO NOTHING RETURNING block_mac)
INSERT INTO rematch (record_ref) SELECT DISTINCT record_ref FROM block JOIN crowd USING (block_mac)
"""
_CLOSE_REVIEW = "UPDATE review SET closed_at = $2 WHERE review_id = ANY($1)"
_OPEN_REVIEW = """
INSERT INTO review (review_id, kind, value_mac, records, reason, opened_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (kind, value_mac) WHERE closed_at IS NULL
DO UPDATE SET records = excluded.records, reason = excluded.reason
"""
CROWDED: Final = "crowded"


@dataclass(frozen=True, slots=True)
class Relinked:
    """A record that goes by another child_ref now, as it is to be published."""

    record_ref: str
    child_ref: str
    link_version: int
    topic: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Decision:
    """All that follows from one batch."""

    receipts: Sequence[str]
    relinked: Sequence[Relinked]
    revised: Sequence[Revised]
    reviews: Mapping[Value, Review]
    settled: Iterable[Value]
    """Values judged whole: a review that is not wanted any more is closed."""
    causes: Mapping[str, Sequence[str]]
    """By record_ref: the receipts that brought about its link or revision."""
    asked: Iterable[int] = ()
    blocks: Mapping[str, Iterable[bytes]] = field(default_factory=dict)
    """By record that was judged: all the blocks that it is in now."""
    crowded_blocks: Iterable[bytes] = ()


async def write(connection: Connection, decision: Decision) -> None:
    """Write a decision, inside the caller's transaction."""
    now = clock.now()
    revised = decision.revised
    receipts = {*decision.receipts, *(one.receipt for one in revised)}
    await connection.execute(_LOCK_EVENTS, list(receipts))
    if decision.relinked or revised:
        await _publish(connection, decision)
    await _review(connection, decision, now)
    await _reblock(connection, decision, now)
    await connection.execute(ANSWERED, list(decision.asked))
    await connection.execute(_MATCHED, decision.receipts, now)


async def _reblock(connection: Connection, decision: Decision, now: datetime) -> None:
    """Write in which blocks these records are now."""
    rows = [(ref, block) for ref, blocks in decision.blocks.items() for block in sorted(blocks)]
    columns = [ref for ref, _ in rows], [block for _, block in rows]
    await connection.execute(_REBLOCK, list(decision.blocks), *columns)
    await connection.execute(_CROWDED_BLOCKS, list(decision.crowded_blocks), now)


async def _publish(connection: Connection, decision: Decision) -> None:
    """Write links and revisions, what is to be published of them, and what caused them."""
    relinked, revised = decision.relinked, decision.revised
    await connection.execute(
        _RELINK,
        [one.record_ref for one in relinked],
        [one.child_ref for one in relinked],
        [one.link_version for one in relinked],
    )
    await connection.execute(
        _OUTBOX,
        [one.topic for one in relinked],
        [one.record_ref.encode() for one in relinked],
        [one.value for one in relinked],
    )
    await audit.write(connection, audit.service("intake-matcher"), *map(_act, relinked))
    await revision.write(connection, revised)
    effects = [
        (cause, one.record_ref, one.link_version, None, None, None)
        for one in relinked
        for cause in decision.causes[one.record_ref]
    ] + [
        (cause, None, None, *one.event.key, one.event.revision)
        for one in revised
        for cause in decision.causes[one.event.record_ref or ""]
    ]
    if effects:
        await connection.execute(_EFFECTS, *zip(*effects, strict=True))


def _act(one: Relinked) -> Act:
    """Put on record that a record went to another child, whose records are marked as well."""
    action = "record-unlinked" if one.child_ref == one.record_ref else "record-linked"
    return Act(
        "combination", action, "safeguarding", 1, children=[one.child_ref], records=[one.record_ref]
    )


async def _review(connection: Connection, decision: Decision, now: datetime) -> None:
    """Open, change and close reviews, so that they are those that are wanted."""
    values = {*decision.settled, *decision.reviews}
    columns = [kind for kind, _ in values], [value for _, value in values]
    rows = await connection.fetch(_OPEN_REVIEWS, *columns)
    present = {(row["kind"], row["value_mac"]): row for row in rows}
    stale = [row["review_id"] for key, row in present.items() if key not in decision.reviews]
    await connection.execute(_CLOSE_REVIEW, stale, now)
    for value, review in decision.reviews.items():
        row = present.get(value)
        if row is not None and _same(review, row["reason"], row["records"]):
            continue
        kind, mac = value
        await connection.execute(
            _OPEN_REVIEW, clock.new_ref(), kind, mac, review.records, review.reason, now
        )


def _same(review: Review, reason: str, records: Sequence[str]) -> bool:
    """Whether a review stands as it is; of a crowd it matters no more who else joins."""
    if review.reason == reason == CROWDED:
        return True
    return review.reason == reason and list(review.records) == list(records)
