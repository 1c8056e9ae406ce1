"""What is told when a child's history or what the ledger believes has changed, or time has passed?

What stands is read from chronology and ledger afresh each time and compared with what was told:
a message that came twice, late or out of order changes nothing, and neither does a rebuild that
finds what was believed before.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final
from uuid import UUID

import msgspec
from asyncpg import Pool, Record

from services.domain.chronology import Folded
from services.domain.events import Key
from services.domain.gaps import Gap
from services.domain.registry import Registry
from services.feedback import facts, store
from services.feedback.facts import Entry
from services.feedback.standing import Standing, believed, gone, standings, told
from services.feedback.store import Connection
from services.runtime import metrics
from services.runtime.guard import Message, Never
from services.runtime.histories import histories

MOST: Final = 1_000
"""How many gaps one transaction looks at."""


class Head(msgspec.Struct, frozen=True):
    """What is read of a chronology's message."""

    erased: bool


_head: Final = msgspec.json.Decoder(Head)


async def handle(
    pool: "Pool[Record]", registry: Registry, messages: Sequence[Message], now: datetime
) -> None:
    """Tell what is new in the histories of the children whom messages are about."""
    erased = {_child_of(message): _is_erased(message) for message in messages}
    gone = [ref for ref, is_erased in erased.items() if is_erased]
    living = [ref for ref, is_erased in erased.items() if not is_erased]
    async with pool.acquire() as connection, connection.transaction():
        last, _ = await store.lock(connection)
        await store.forget(connection, gone)
        change = await _compare(connection, list(await histories(connection, living, registry)))
        await store.tell(connection, last, change.entries, now)
    _count(change.entries)


def _child_of(message: Message) -> str:
    """Read whom a message is about; what it says of them is read from chronology itself."""
    try:
        return (message.key or b"").decode()
    except UnicodeDecodeError:
        raise Never("undecodable") from None


def _is_erased(message: Message) -> bool:
    """Whether it is the last that is said of a child: marked so, or nothing at all."""
    if message.value is None:
        return True
    try:
        return _head.decode(message.value).erased
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Never("undecodable") from None


async def _compare(connection: Connection, found: Sequence[Folded]) -> facts.Change:
    keys = {key for folded in found for key in _keys(folded)}
    before = await store.facts_of(connection, keys)
    change = facts.difference(before, [fact for folded in found for fact in facts.facts_of(folded)])
    was = {fact.said: fact.child_ref for fact in before}
    moved = {fact: was[fact.said] for fact in change.moved}
    await store.put_facts(connection, change.ended, change.begun, moved)
    return change


def _keys(folded: Folded) -> Iterable[Key]:
    """Every event of a history, also what has no effect: it may have had one when it was told."""
    yield from (event.key for event in folded.events)
    yield from (event.key for event, _ in folded.without_effect)


async def follow(pool: "Pool[Record]", now: datetime, settle: timedelta) -> bool:
    """Follow the ledger, and time, by one step; say whether there is more to do at once.

    Args:
        pool: in the role of this service.
        now: by which gaps are open or not.
        settle: how long a gap must be believed no more before it is told to be gone.

    """
    async with pool.acquire() as connection, connection.transaction():
        last, place = await store.lock(connection)
        upto = await store.watermark(connection)
        changes = await store.changed(connection, place, upto, MOST)
        await _take_over(connection, {gap_id for _, gap_id in changes}, now)
        if changes:
            await store.followed(connection, changes[-1])
        waiting = await store.due(connection, now, MOST)
        outcomes = [told(it, now, settle) for it in waiting]
        entries = sorted((entry for _, said in outcomes for entry in said), key=attrgetter("at"))
        await store.put_standings(connection, [it for it, _ in outcomes])
        await store.tell(connection, last, entries, now)
    _count(entries)
    behind = (upto - changes[-1][0]).total_seconds() if len(changes) == MOST else 0
    metrics.FEED_LAG.set(behind)
    return MOST in (len(changes), len(waiting))


async def _take_over(connection: Connection, gap_ids: set[UUID], now: datetime) -> None:
    """Note how gaps are believed now: there may be something to tell of each of them, at once."""
    if not gap_ids:
        return
    before = {it.name: it for it in await store.standing(connection, gap_ids)}
    kept = _merged(before, await store.believed(connection, gap_ids), now)
    await store.put_standings(connection, kept)
    moved = {it.gap_id: it.child_ref for it in kept if it.child_ref != _child_before(it, before)}
    await store.move_gaps(connection, moved)


def _child_before(it: Standing, before: Mapping[tuple[str, str], Standing]) -> str:
    return before.get(it.name, it).child_ref


def _merged(
    before: Mapping[tuple[str, str], Standing], gaps: Iterable[Gap], now: datetime
) -> list[Standing]:
    current = {it.name: it for gap in gaps for it in standings(gap)}
    kept = [believed(before.get(name), it, now) for name, it in current.items()]
    return kept + [gone(it, now) for name, it in before.items() if name not in current]


def _count(entries: Iterable[Entry]) -> None:
    for entry in entries:
        metrics.FEED_ENTRIES.labels(entry.type).inc()
