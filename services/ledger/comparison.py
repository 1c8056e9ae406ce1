"""What would another policy find of the same children? Pure, but for the worker that reads them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import date
from typing import Final

from services.domain.chronology import Chronology
from services.domain.gaps import Gap
from services.domain.judging import CannotJudge, judge_by_each
from services.domain.moments import london_day
from services.domain.policy import Policy
from services.ledger import history
from services.ledger.history import Chunk
from services.ledger.settings import Settings
from services.runtime import log, postgres

Place = tuple[str, str, str, bool]
"""Rule, agency that owes, London month of opening (YYYY-MM), observed."""


@dataclass(slots=True)
class Tally:
    """How many gaps opened there by the policy in force and by the other, and what differs.

    A gap that changes is counted where it would be by the other policy.
    """

    before: int = 0
    after: int = 0
    appear: int = 0
    vanish: int = 0
    change: int = 0

    def add(self, other: "Tally") -> None:
        """Add another count of the same place."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def differs(self) -> bool:
        """Whether the policies differ here."""
        return bool(self.appear or self.vanish or self.change)

    @property
    def counts(self) -> tuple[int, ...]:
        """The numbers, in the order of COUNTS."""
        return astuple(self)


COUNTS: Final = ("before", "after", "appear", "vanish", "change")


@dataclass(slots=True)
class Difference:
    """What differs in some children."""

    tallies: dict[Place, Tally] = field(default_factory=dict)
    children: int = 0
    events: int = 0
    unjudged: int = 0

    def add(self, other: "Difference") -> None:
        """Add what differs in other children."""
        for place, tally in other.tallies.items():
            self.at(place).add(tally)
        self.children += other.children
        self.events += other.events
        self.unjudged += other.unjudged

    def at(self, place: Place) -> Tally:
        """The tally of a place."""
        return self.tallies.setdefault(place, Tally())


@dataclass(frozen=True, slots=True)
class Span:
    """The London days, both included, on which gaps must open to be counted."""

    first: date
    last: date

    def holds(self, gap: Gap) -> bool:
        """Whether a gap opens in it."""
        return self.first <= london_day(gap.opens_at) <= self.last


def compare(before: Iterable[Gap], after: Iterable[Gap], span: Span, into: Difference) -> None:
    """Count what two policies find of one child; the name of the policy itself is no difference."""
    ours = {gap.gap_id: gap for gap in before}
    theirs = {gap.gap_id: replace(gap, policy_version="") for gap in after}
    for name, gap in ours.items():
        if span.holds(gap):
            into.at(_place(gap)).before += 1
            into.at(_place(gap)).vanish += name not in theirs
    for name, gap in theirs.items():
        known = ours.get(name)
        if span.holds(gap):
            into.at(_place(gap)).after += 1
            into.at(_place(gap)).appear += known is None
        if known and replace(known, policy_version="") != gap and _either(span, known, gap):
            into.at(_place(gap if span.holds(gap) else known)).change += 1


def _either(span: Span, one: Gap, other: Gap) -> bool:
    return span.holds(one) or span.holds(other)


def _place(gap: Gap) -> Place:
    return (gap.rule, gap.agency, f"{london_day(gap.opens_at):%Y-%m}", gap.observed)


def difference(
    chronologies: Iterable[Chronology],
    judges: Sequence[str],
    policies: tuple[Policy, Policy],
    span: Span,
) -> Difference:
    """Judge children by both policies; what either cannot judge is left out and counted."""
    found = Difference()
    for chronology in chronologies:
        found.children += 1
        found.events += len(chronology.events)
        before, after = (judge_by_each(judges, chronology, policy) for policy in policies)
        judged = [judge for judge in judges if _judged(before, after, judge)]
        found.unjudged += len(judged) < len(judges)
        compare(_gaps(before, judged), _gaps(after, judged), span, found)
    return found


Verdicts = Mapping[str, list[Gap] | CannotJudge]


def _judged(before: Verdicts, after: Verdicts, judge: str) -> bool:
    return not isinstance(before[judge], CannotJudge) and not isinstance(after[judge], CannotJudge)


def _gaps(verdicts: Verdicts, judges: Iterable[str]) -> list[Gap]:
    found = (verdicts[judge] for judge in judges)
    return [gap for gaps in found if not isinstance(gaps, CannotJudge) for gap in gaps]


class Comparing:
    """One worker: two policies and a connection that cannot write."""

    def __init__(
        self,
        settings: Settings,
        policies: tuple[Policy, Policy],
        judges: Sequence[str],
        span: Span,
    ) -> None:
        self._policies = policies
        self._judges = tuple(judges)
        self._span = span
        self._runner = asyncio.Runner()
        self._pool = self._runner.run(history.open_pool(settings, read_only=True))

    def do(self, chunk: Chunk) -> Difference:
        """Read and compare; waits for a database that is away."""
        pages = self._runner.run(postgres.patiently(lambda: self._read(chunk)))
        return difference(pages.chronologies(), self._judges, self._policies, self._span)

    async def _read(self, chunk: Chunk) -> history.Pages:
        async with self._pool.acquire() as connection:
            return await history.pages(connection, await history.members(connection, chunk))


_working: Comparing | None = None


def prepare(
    settings: Settings, policies: tuple[Policy, Policy], judges: Sequence[str], span: Span
) -> None:
    """Make this process a worker."""
    global _working  # noqa: PLW0603 - what a process of a pool works with
    log.configure("ledger-simulate", settings.log_level)
    _working = Comparing(settings, policies, judges, span)


def do(chunk: Chunk) -> tuple[Chunk, Difference]:
    """Do one chunk in a worker."""
    if _working is None:
        raise RuntimeError("not prepared")
    return chunk, _working.do(chunk)
