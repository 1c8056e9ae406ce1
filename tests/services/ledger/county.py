"""A small invented county, told to chronology's own handlers and judged live, without a broker."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import TypeAlias, TypeVar

import asyncpg
import msgspec

from deploy.demo.county import County
from deploy.demo.staff import Staff
from deploy.demo.year import lives, training
from services.chronology.compose import compose
from services.chronology.handlers import Handlers
from services.domain.chronology import Chronology
from services.domain.events import Event
from services.domain.judging import judge
from services.domain.policy import Policy
from services.domain.rules.catalogue import FAMILIES
from services.domain.verdicts import Verdict
from services.ledger.beliefs import Standing
from services.ledger.facts import counting
from services.ledger.handlers import Outcome, keep
from tests.demo.lives_judged import published
from tests.services.chronology.said import link, message

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Item = TypeVar("Item")
COUNTY = County(seed=7, scale=0.02, until=datetime(2026, 3, 2, tzinfo=UTC))


def told(county: County = COUNTY) -> list[Event]:
    """Everything that is said in the county, and the matcher's links, in no order."""
    staff = Staff(county)
    found = [published(said) for said in training(county, staff)]
    for life in lives(county, staff):
        own = [published(said) for said in life.said]
        found += own
        first, *others = dict.fromkeys(each.record_ref for each in own if each.record_ref)
        found += [link(other, first, 1) for other in others]
    Random(county.seed).shuffle(found)  # noqa: S311 - nothing hidden rests on it
    return found


@dataclass
class Live:
    """Live judging: what is due is composed, judged by every judge, and kept by the ledger."""

    chronology: Pool
    ledger: Pool
    policy: Policy
    epoch: int = 1

    async def hear(self, events: Sequence[Event], size: int = 500) -> None:
        """Tell chronology, in batches."""
        handlers = Handlers(self.chronology, gather_ms=0)
        for batch in _batches(events, size):
            await handlers.handle([message(one) for one in batch])

    async def judge_due(self) -> list[Outcome]:
        """Judge whoever is due to be published."""
        rows = await self.chronology.fetch("DELETE FROM publication RETURNING child_ref")
        refs = sorted(row["child_ref"] for row in rows)
        return [await self._judge(batch) for batch in _batches(refs, 200)]

    async def _judge(self, refs: Sequence[str]) -> Outcome:
        standings, verdicts = [], []
        composed = await compose(self.chronology, refs)
        for one in composed:
            standings.append(msgspec.json.decode(one.value, type=Standing))
            child = Chronology.from_wire(msgspec.json.decode(one.value))
            verdicts += [self._verdict(family, child) for family in FAMILIES]
        counted = counting([one.value for one in composed], self.policy)
        return await keep(self.ledger, standings, verdicts, counted)

    def _verdict(self, family: str, child: Chronology) -> Verdict:
        return Verdict(
            child_ref=child.child_ref,
            judge=family,
            epoch=self.epoch,
            version=child.version,
            policy_version=self.policy.version,
            merged_into=child.merged_into,
            gaps=tuple(judge(family, child, self.policy)),
        )


def _batches(whole: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(whole), size):
        yield whole[start : start + size]
