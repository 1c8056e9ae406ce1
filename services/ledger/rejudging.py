"""What does a worker of a rebuild do with a chunk of children? Reads, judges and loads it."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from asyncpg import Pool, Record

from services.domain.chronology import Chronology
from services.domain.judging import CannotJudge, judge_by_each
from services.domain.measures.facts import Fact, facts_of
from services.domain.policy import Policy
from services.ledger import cases, facts, history
from services.ledger.cases import Row, cases_of
from services.ledger.history import Chunk, Connection
from services.ledger.settings import Settings
from services.runtime import beliefs, log, postgres

_OPEN: Final = """
SELECT FROM rebuild_chunk WHERE number = $1 AND done_at IS NULL FOR UPDATE
"""
_DONE: Final = "UPDATE rebuild_chunk SET done_at = clock_timestamp() WHERE number = $1"
_TABLES: Final = {
    "rebuild_child": ("child_ref", "version"),
    "rebuild_unjudged": ("child_ref", "judge", "reason"),
    "rebuild_gap": beliefs.COLUMNS,
    "rebuild_fact": facts.COLUMNS,
    **{f"rebuild_{table}": columns for table, columns in cases.TABLES.items()},
}


@dataclass(frozen=True, slots=True)
class Again:
    """Children who moved on since they were judged, or are new."""

    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What of a chunk was judged."""

    children: int
    events: int


@dataclass(slots=True)
class Found:
    """What was found about some children, as rows of the tables of a rebuild."""

    children: list[tuple[str, int]] = field(default_factory=list)
    unjudged: list[tuple[str, str, str]] = field(default_factory=list)
    gaps: list[tuple[object, ...]] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    cases: tuple[list[Row], ...] = field(default_factory=lambda: tuple([] for _ in cases.TABLES))
    events: int = 0

    def rows(self) -> Iterable[tuple[str, Sequence[Row]]]:
        """The rows by their table."""
        held: tuple[Sequence[Row], ...] = (
            self.children,
            self.unjudged,
            self.gaps,
            self.facts,
            *self.cases,
        )
        return zip(_TABLES, held, strict=True)

    @property
    def done(self) -> Done:
        """How much that is."""
        return Done(len(self.children), self.events)


def find(chronologies: Iterable[Chronology], judges: Sequence[str], policy: Policy) -> Found:
    """Judge children by every judge's rules."""
    found = Found()
    for chronology in chronologies:
        found.children.append((chronology.child_ref, chronology.version))
        found.events += len(chronology.events)
        folded = facts.folded_of(chronology, policy)
        found.facts += facts_of(chronology, policy, folded)
        for rows, new in zip(found.cases, cases_of(chronology, policy, folded), strict=True):
            rows.extend(new)
        for judge, verdict in judge_by_each(judges, chronology, policy, folded).items():
            if isinstance(verdict, CannotJudge):
                found.unjudged.append((chronology.child_ref, judge, verdict.code))
            else:
                found.gaps += [beliefs.to_row(judge, gap) for gap in verdict]
    return found


class Rejudging:
    """One worker: a policy, the judges, and a way to the database."""

    def __init__(self, settings: Settings, policy: Policy, judges: Sequence[str]) -> None:
        self._policy = policy
        self._judges = tuple(judges)
        self._runner = asyncio.Runner()
        self._pool = self._runner.run(history.open_pool(settings))

    def do(self, work: Chunk | Again) -> Done:
        """Judge and load; waits for a database that is away."""

        async def once() -> Done:
            return await rejudge(self._pool, work, self._judges, self._policy)

        return self._runner.run(postgres.patiently(once))


async def rejudge(
    pool: "Pool[Record]", work: Chunk | Again, judges: Sequence[str], policy: Policy
) -> Done:
    """Read children, judge them, and load what was found, all or nothing."""
    async with pool.acquire() as connection:
        refs = (
            list(work.refs) if isinstance(work, Again) else await history.members(connection, work)
        )
        pages = await history.pages(connection, refs)
        found = find(pages.chronologies(), judges, policy)
        async with connection.transaction():
            if isinstance(work, Again):
                await _forget(connection, refs)
            elif await connection.fetchrow(_OPEN, work.number) is None:
                return Done(0, 0)  # another worker, of a run that was killed, has done it meanwhile
            else:
                await connection.execute(_DONE, work.number)
            for table, rows in found.rows():
                await connection.copy_records_to_table(table, records=rows, columns=_TABLES[table])
    return found.done


async def _forget(connection: Connection, refs: Sequence[str]) -> None:
    for table in _TABLES:
        await connection.execute(
            f"DELETE FROM {table} WHERE child_ref = ANY($1::text[])",  # noqa: S608 - a table of ours
            refs,
        )


_working: Rejudging | None = None


def prepare(settings: Settings, policy: Policy, judges: Sequence[str]) -> None:
    """Make this process a worker."""
    global _working  # noqa: PLW0603 - what a process of a pool works with
    log.configure("ledger-rebuild", settings.log_level)
    _working = Rejudging(settings, policy, judges)


def do(work: Chunk | Again) -> Done:
    """Do one piece of work in a worker."""
    if _working is None:
        raise RuntimeError("not prepared")
    return _working.do(work)
