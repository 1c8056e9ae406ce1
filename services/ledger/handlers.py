"""What becomes of a chronology or a verdict that the ledger hears of?"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from asyncpg import Pool, Record

from services.domain.gaps import Gap
from services.domain.policy import Policy
from services.domain.verdicts import NotAVerdict, Position, Verdict
from services.ledger import cases, erasing, facts, store
from services.ledger.beliefs import (
    Change,
    Pair,
    Standing,
    believed,
    difference,
    newer_standings,
    newest,
    refusal,
)
from services.ledger.facts import NO_COUNTING, Counting
from services.ledger.lag import Lag
from services.runtime import clock, metrics, tracing
from services.runtime.guard import Message, Never

CHRONOLOGIES: Final = "child.chronologies"
_standing = msgspec.json.Decoder(Standing)


def topic_of(judge: str) -> str:
    """Return the topic on which a judge answers."""
    return f"{judge}.gaps"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a batch did: when it was believed (None: no change), and which verdicts counted."""

    known_from: datetime | None
    change: Change
    accepted: tuple[Verdict, ...]
    refused: tuple[tuple[Verdict, str], ...]


def read(message: Message) -> Standing | Verdict | None:
    """Read a message; None for a tombstone. Raises Never for what is neither."""
    if message.value is None:
        return None
    try:
        if message.topic == CHRONOLOGIES:
            return _standing.decode(message.value)
        verdict = Verdict.from_wire(_known(msgspec.json.decode(message.value)))
    except (msgspec.MsgspecError, NotAVerdict, UnicodeDecodeError):
        raise Never("undecodable") from None
    if topic_of(verdict.judge) != message.topic:
        raise Never("wrong-topic")
    return verdict


def _known(wire: object) -> Mapping[str, Any]:
    """Return a message of the only schema there is. Raises Never for another."""
    if not isinstance(wire, dict):
        raise Never("undecodable")
    if wire.get("schema") != 1:
        raise Never("unknown-schema")
    return wire


async def handle(
    pool: "Pool[Record]", messages: Sequence[Message], policy: Policy, lag: Lag
) -> None:
    """Keep what a batch says, and what is to be counted by it, in one transaction."""
    began_at = clock.now()
    heard = [(read(message), message.sent_at) for message in messages]
    standings = [(one, at) for one, at in heard if isinstance(one, Standing)]
    verdicts = [one for one, _ in heard if isinstance(one, Verdict)]
    chronologies = [one for one in messages if one.topic == CHRONOLOGIES]
    counting = facts.counting([one.value for one in chronologies if one.value], policy)
    outcome = await keep(pool, [one for one, _ in standings], verdicts, counting)
    for standing, sent_at in standings:
        lag.heard(standing, sent_at)
    lag.judged(outcome.accepted, clock.now())
    for message in messages:
        if message.topic != CHRONOLOGIES and (parent := tracing.of(message.headers)):
            tracing.mark("believed", parent, began_at, {"topic": message.topic})
    _count(outcome)


async def keep(
    pool: "Pool[Record]",
    standings: Sequence[Standing],
    verdicts: Sequence[Verdict],
    counting: Counting = NO_COUNTING,
) -> Outcome:
    """Keep standings and verdicts in one transaction; whatever came before stays believed then.

    What is counted of a child follows the chronology that moves its standing, in the same
    transaction.
    """
    latest = newest(verdicts)
    async with pool.acquire() as connection, connection.transaction():
        standings, latest = await _erase(connection, standings, latest)
        refs = sorted({one.child_ref for one in standings} | {one.child_ref for one in latest})
        children = await store.lock_children(connection, refs)
        await erasing.check(connection, refs)
        moved = newer_standings(children, standings)
        await store.move_children(connection, moved.values())
        children |= moved
        epoch = await store.current_epoch(connection)
        answered = await store.answered(connection, refs)
        judged = [
            (one, refusal(one, answered.get(_pair(one)), epoch, children[one.child_ref]))
            for one in latest
        ]
        accepted = tuple(one for one, reason in judged if reason is None)
        await store.put_answers(connection, accepted)
        held = await store.held(connection, refs)
        change = difference(held, _wanted(held, accepted, children, answered))
        counted = counting.of(moved, epoch)
        recount = await facts.recount(connection, counted)
        await cases.replace(connection, {ref: found.cases for ref, found in counted.items()})
        known_from = None
        if change or recount:
            known_from = await store.tick(connection)  # the last lock: all other writers wait
            await store.believe(connection, change, known_from)
            await facts.write(connection, recount, known_from)
    refused = tuple((one, reason) for one, reason in judged if reason is not None)
    return Outcome(known_from, change, accepted, refused)


async def _erase(
    connection: store.Connection, standings: Sequence[Standing], verdicts: Sequence[Verdict]
) -> tuple[list[Standing], list[Verdict]]:
    """Act on erasures; return what is left once all that is said of erased children is dropped."""
    refs = {one.child_ref for one in standings} | {one.child_ref for one in verdicts}
    gone = await erasing.refused(connection, refs)
    heard = {s.child_ref: s for s in standings if s.erasure is not None and s.child_ref not in gone}
    if heard:
        await store.lock_children(connection, sorted(heard))
        await erasing.check(connection, heard)
        await erasing.erase(connection, list(heard.values()))
    gone |= heard.keys()
    return (
        [one for one in standings if one.child_ref not in gone],
        [one for one in verdicts if one.child_ref not in gone],
    )


def _wanted(
    held: Collection[Pair],
    accepted: Sequence[Verdict],
    children: Mapping[str, Standing],
    answered: Mapping[Pair, Position],
) -> dict[Pair, Collection[Gap]]:
    """Say what should be believed: the verdicts' gaps, and nothing of a child that was emptied.

    A child whose chronology says that it was emptied loses its gaps at once, whoever judges it; but
    not those of a verdict on a later version, for topics are not read in each other's order.
    """
    emptied: dict[Pair, Collection[Gap]] = {
        pair: ()
        for pair in held
        if children[pair[0]].emptied and answered[pair][1] <= children[pair[0]].version
    }
    return emptied | {_pair(one): believed(one, children[one.child_ref]) for one in accepted}


def _pair(verdict: Verdict) -> Pair:
    return (verdict.child_ref, verdict.judge)


def _count(outcome: Outcome) -> None:
    """Count what was believed, ended and refused."""
    for change, gaps in (("begun", outcome.change.begun), ("ended", outcome.change.ended)):
        for judge, count in Counter(judge for judge, _ in gaps).items():
            metrics.BELIEFS.labels(judge, change).inc(count)
    for verdict, reason in outcome.refused:
        metrics.VERDICTS_REFUSED.labels(verdict.judge, reason).inc()
