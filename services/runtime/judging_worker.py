"""How does a judge run? Chronologies in, one whole verdict on each child out. Knows no rule.

All that tells one judge from another is its name, by which the domain's catalogue knows its rules.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

import asyncpg
import msgspec

from services.domain.chronology import Chronology
from services.domain.fields import Malformed
from services.domain.gaps import Gap
from services.domain.judging import CannotJudge, judge
from services.domain.policy import Policy
from services.domain.verdicts import Verdict
from services.runtime import clock, metrics, tracing
from services.runtime.contracts import Contracts
from services.runtime.guard import Message, Never, NotNow
from services.runtime.kafka import Outgoing, Publisher
from services.runtime.settings import Settings
from services.runtime.stream import Worker

CHRONOLOGIES: Final = "child.chronologies"
TAKE: Final = 200  # some of them are whole childhoods

Judge = Callable[[Chronology, Policy], Sequence[Gap]]


@dataclass(frozen=True, slots=True)
class Bench:
    """Who judges, by which policy, and in which epoch its verdicts count."""

    name: str
    judge: Judge
    policy: Policy
    epoch: int

    @property
    def topic(self) -> str:
        """Where the verdicts go."""
        return f"{self.name}.gaps"

    def verdict(self, chronology: Chronology) -> Verdict:
        """Judge one child. Raises Never where it cannot be judged: nothing is guessed."""
        try:
            with metrics.JUDGE_SECONDS.labels(self.name).time():
                gaps = self.judge(chronology, self.policy)
        except CannotJudge as error:
            raise Never(error.code) from None
        return Verdict(
            child_ref=chronology.child_ref,
            judge=self.name,
            epoch=self.epoch,
            version=chronology.version,
            policy_version=self.policy.version,
            merged_into=chronology.merged_into,
            gaps=tuple(gaps),
        )


def read(messages: Iterable[Message]) -> list[Chronology]:
    """Return the newest chronology of each child; tombstones say nothing.

    Raises Never for what is no chronology. An erased child's verdict ends with a null as well.
    """
    newest: dict[str, Chronology] = {}
    for message in messages:
        if message.value is None:
            continue
        read = _chronology(message.value)
        known = newest.setdefault(read.child_ref, read)
        if (read.epoch, read.version) > (known.epoch, known.version):
            newest[read.child_ref] = read
    return list(newest.values())


def _chronology(value: bytes) -> Chronology:
    try:
        wire = msgspec.json.decode(value)
        if not isinstance(wire, dict):
            raise Never("undecodable")
        if wire.get("schema") != 1:
            raise Never("unknown-schema")
        return Chronology.from_wire(wire)
    except (msgspec.MsgspecError, Malformed, UnicodeDecodeError):
        raise Never("undecodable") from None


async def handle(bench: Bench, publisher: Publisher, messages: Sequence[Message]) -> None:
    """Judge the children of a batch and publish what is found; returns when all is acknowledged."""
    verdicts, began_at = [], clock.now()
    erased = sorted({m.key for m in messages if m.value is None and m.key})
    for chronology in read(messages):
        verdicts.append(bench.verdict(chronology))
        await asyncio.sleep(0)  # heartbeats and probes are answered between two children
    parents = {m.key: tracing.of(m.headers) for m in messages}
    outgoing = [
        tracing.on(message, _judged(bench, parents.get(message[1]), began_at))
        for message in (_outgoing(bench.topic, one) for one in verdicts)
    ]
    outgoing += [(bench.topic, key, None) for key in erased]  # last: nothing stays of the erased
    outcomes = await publisher.publish(outgoing)
    for refused in filter(None, outcomes):
        raise Never(f"verdict-{refused.reason}")
    metrics.VERDICTS.labels(bench.name).inc(len(verdicts))


def _judged(bench: Bench, parent: str | None, began_at: datetime) -> str | None:
    """Say on its trace, if it has one, that a child was judged."""
    if parent is None:
        return None
    return tracing.mark("judged", parent, began_at, {"judge": bench.name})


def _outgoing(topic: str, verdict: Verdict) -> Outgoing:
    return topic, verdict.child_ref.encode(), msgspec.json.encode(verdict.to_wire())


@dataclass(frozen=True, slots=True)
class Epoch:
    """Which verdicts the ledger takes: of this epoch, by the policy adopted (None: by any)."""

    number: int
    policy_version: str | None


async def current_epoch(pool: "asyncpg.Pool[asyncpg.Record]") -> Epoch:
    """Return the epoch that the ledger goes by; a verdict of a lower one would be refused."""
    row = await pool.fetchrow("SELECT current, policy_version FROM ledger.current_epoch")
    if row is None:
        raise NotNow("no-epoch")
    return Epoch(row["current"], row["policy_version"])


def in_epoch(bench: Bench, epoch: Epoch, read_policy: Callable[[], Policy]) -> Bench:
    """Return the bench as it judges in an epoch; reads the policy again where another was adopted.

    Raises:
        NotNow: the policy that lies here is not the one adopted; a rebuild adopts it.

    """
    if epoch.policy_version not in (None, bench.policy.version):
        bench = replace(bench, policy=read_policy())
        if bench.policy.version != epoch.policy_version:
            raise NotNow("policy-not-adopted")
    return bench if bench.epoch == epoch.number else replace(bench, epoch=epoch.number)


async def _forget_erased(pool: "asyncpg.Pool[asyncpg.Record]", messages: Sequence[Message]) -> None:
    """Delete dead letters of erased children: whoever has a null has nothing else any more."""
    erased = [m.key for m in messages if m.value is None]
    if erased:
        await pool.execute("DELETE FROM dead_letter WHERE key = ANY($1::bytea[])", erased)


def main(service: Path) -> NoReturn:
    """Run the judge whose folder this is; ends the process."""
    worker(service.name, Settings.load(), service / "migrations").main()


def worker(name: str, settings: Settings, migrations: Path) -> Worker:
    """Compose the worker of one judge; it asks for the epoch before each batch."""
    bench: Bench | None = None
    by_its_rules = partial(judge, name)

    def read_policy() -> Policy:
        return Contracts.load(settings.schemas, settings.policy_pack).policy()

    async def start(worker: Worker) -> None:
        nonlocal bench
        epoch = await current_epoch(worker.pool)
        bench = Bench(name, by_its_rules, read_policy(), epoch.number)

    async def batch(messages: Sequence[Message]) -> None:
        nonlocal bench
        if bench is None:
            raise RuntimeError("messages before the start")
        bench = in_epoch(bench, await current_epoch(made.pool), read_policy)
        await handle(bench, made.publisher, messages)
        await _forget_erased(made.pool, messages)

    made = Worker(
        service=name,
        topics=[CHRONOLOGIES],
        settings=settings,
        handle=batch,
        migrations=migrations,
        on_start=start,
        take=TAKE,
    )
    return made
