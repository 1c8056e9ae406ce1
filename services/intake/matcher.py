"""Whose child is each record's? Decided here, inside the vault; others learn only refs."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NoReturn

import asyncpg
import msgspec

from services.domain.events import Event
from services.domain.moments import london_day
from services.domain.registry import Registry
from services.intake import exploring, matcher_store, matcher_waiting
from services.intake.ages import Ages
from services.intake.bridges import connected
from services.intake.features import topic_of_agency
from services.intake.keyring import vault_of
from services.intake.kin import Kin
from services.intake.likely import Judge
from services.intake.matcher_store import Decision, Relinked
from services.intake.matcher_waiting import Unmatched
from services.intake.matching import Alike, child_refs, match
from services.intake.neighbourhood import Neighbourhood
from services.intake.retracted import Connection
from services.intake.vault import Vault
from services.intake.workers import Step, Worker
from services.runtime import clock, log, metrics, postgres
from services.runtime.contracts import Contracts
from services.runtime.settings import Settings
from services.runtime.status import Progress

SERVICE: Final = "intake-matcher"
SOURCE: Final = "/referral-watch/matcher"
AGENCY: Final = "referral-watch"
LINKED: Final = "identity.linked.v1"
UNLINKED: Final = "identity.unlinked.v1"
BATCH: Final = 500
POLL_SECONDS: Final = 0.025
MEASURE_SECONDS: Final = 5.0
TRIES: Final = 3
"""How often an event may take too long, all alone, before it is set aside."""

_log = log.get(__name__)
_OPEN_REVIEWS = "SELECT count(*) FROM review WHERE closed_at IS NULL"
_CROWDED_BLOCKS = "SELECT count(*) FROM crowded_block"
_PARKED = "SELECT count(*) FROM event WHERE match_parked_at IS NOT NULL"
_TOO_LONG: Final = (asyncpg.QueryCanceledError, asyncpg.IdleInTransactionSessionTimeoutError)
"""Time limits: they may be for the sake of one event, and end for a smaller batch."""


class Matcher:
    """Takes events not yet matched and brings links, ages and reviews up to date with them."""

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        contracts: Contracts,
        vault: Vault,
        progress: Progress | None = None,
    ) -> None:
        self._pool = pool
        self._progress = progress or Progress()
        self._registry: Registry = contracts.registry
        self._ages = Ages(contracts, vault)
        self._vault = vault
        self._policy = contracts.matching()
        self._size = BATCH
        self._batch: Sequence[str | int] = ()
        self._tries = 0

    async def run(self) -> None:
        """Match until cancelled; waits while the database is away."""
        await postgres.patiently(self.release)
        while True:
            full = await postgres.patiently(self._match_or_park, waiting=self._take_less)
            self._progress.moved()
            if not full:
                await asyncio.sleep(POLL_SECONDS)

    async def release(self) -> None:
        """Have what was set aside tried again: the cause may have been mended."""
        await matcher_waiting.release(self._pool)

    async def match(self) -> int:
        """Match one batch; return how many events it had, 0 also where another matcher is at it.

        What is read is one snapshot: whoever has stated something is in this batch, was matched
        before, or is not seen yet. It is written in a transaction of its own, for the relay
        writes the same events meanwhile.
        """
        async with self._pool.acquire() as connection:
            if not await matcher_waiting.alone(connection):
                return 0
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                batch = await matcher_waiting.unmatched(connection, self._size)
                self._batch = batch.receipts or list(batch.asked)
                if not self._batch:
                    return 0
                decision = await self._decide(connection, batch)
            async with connection.transaction():
                await matcher_store.write(connection, decision)
        for one in decision.relinked:
            change = "unlinked" if one.child_ref == one.record_ref else "linked"
            metrics.LINKS.labels(change).inc()
        return len(self._batch)

    async def watch(self) -> None:
        """Set the gauges of what a person should look at every few seconds until cancelled."""
        while True:
            metrics.MATCHER_PARKED_WAITING.set(await self._pool.fetchval(_PARKED))
            metrics.REVIEWS_OPEN.set(await self._pool.fetchval(_OPEN_REVIEWS))
            metrics.BLOCKS_CROWDED.set(await self._pool.fetchval(_CROWDED_BLOCKS))
            await asyncio.sleep(MEASURE_SECONDS)

    def _take_less(self, _: Exception) -> None:
        """After "not now" take half: should it be for the batch's size, that ends it."""
        self._size = max(1, self._size // 2)
        self._progress.wait()

    async def _match_or_park(self) -> bool:
        """Match one batch; where that fails take half of it, down to the one that is to blame.

        Returns whether more may wait.
        """
        self._batch = []
        try:
            matched = await self.match()
        except Exception as error:  # the guard of the matcher: one event must not stop the others
            if not self._batch or (postgres.is_not_now(error) and not isinstance(error, _TOO_LONG)):
                raise
            await self._blame(error)
            return True
        full = matched == self._size
        self._size, self._tries = min(self._size * 2, BATCH), 0
        return full

    async def _blame(self, error: Exception) -> None:
        """Have half of the batch tried next, or set aside the one event that it is."""
        if len(self._batch) > 1:
            self._size = len(self._batch) // 2
            return
        self._tries += 1
        if isinstance(error, _TOO_LONG) and self._tries < TRIES:
            raise error
        reason = type(error).__name__
        blamed = self._batch[0]
        if isinstance(blamed, int):
            await matcher_waiting.drop_request(self._pool, blamed)
        else:
            await matcher_waiting.park(self._pool, blamed, reason)
        self._tries = 0
        metrics.MATCHER_PARKED.labels(reason).inc()
        _log.error("event set aside unmatched", error=error, reason=reason)

    async def _decide(self, connection: Connection, batch: Unmatched) -> Decision:
        """Work out from scratch who belongs together among all whom the batch may concern."""
        kin = Kin(self._vault, self._judge(), self._registry)
        found = await exploring.explore(connection, batch.records, self._registry, kin)
        records = {record.record_ref: record for record in found.records()}
        alike = Alike(kin.judge, kin.pairs)
        matching = match(records.values(), found.crowded, alike, found.decided.values())
        relinked = [
            self._relinked(ref, child, found.held[ref][1] + 1, found.agencies[ref][0])
            for ref, child in child_refs(matching.groups, records)
            if child != found.held[ref][0]
        ]
        moved = {one.record_ref for one in relinked}
        concerned = batch.records | moved | _companions(found, moved)
        groups = [group for group in matching.groups if group & concerned]
        return Decision(
            receipts=batch.receipts,
            relinked=relinked,
            revised=await self._ages.revise(connection, found, groups),
            reviews=matching.reviews,
            settled=found.holders.keys() | found.doubted,
            causes=_causes(found, batch.concerns),
            asked=batch.asked,
            blocks={ref: kin.blocks[ref] for ref in batch.records},
            crowded_blocks=kin.crowded,
        )

    def _judge(self) -> Judge:
        """Return what judges likeness today."""
        return Judge.of(self._policy, london_day(clock.now()))

    def _relinked(
        self, record_ref: str, child_ref: str, link_version: int, agency: str
    ) -> Relinked:
        """Say it as an event: linked, or by its own ref again."""
        now = clock.now()
        event = Event(
            source=SOURCE,
            id=f"{record_ref}-{link_version}",
            type=UNLINKED if child_ref == record_ref else LINKED,
            time=now,
            received_at=now,
            agency=AGENCY,
            record_ref=record_ref,
            staff_ref=None,
            feature_version=1,
            revision=0,
            facts={"record_ref": record_ref, "child_ref": child_ref, "link_version": link_version},
        )
        value = msgspec.json.encode(event.to_wire())
        topic = topic_of_agency(self._registry, agency)
        return Relinked(record_ref, child_ref, link_version, topic, value)


def _companions(found: Neighbourhood, moved: Iterable[str]) -> set[str]:
    """Name those who went by a ref that somebody has left: their child's birth date may change."""
    left = {found.held[ref][0] for ref in moved}
    return {ref for ref, (child_ref, _) in found.held.items() if child_ref in left}


def _causes(found: Neighbourhood, concerns: Mapping[str, set[str]]) -> dict[str, Sequence[str]]:
    """Say for each record which events of the batch may have brought about what happens to it."""
    causes: dict[str, Sequence[str]] = {}
    for together in connected(found.agencies, found.links()):
        receipts = sorted(set().union(*(concerns.get(ref, ()) for ref in together)))
        causes.update((ref, receipts) for ref in together)
    return causes


def main() -> NoReturn:
    """Match until told to stop."""
    settings = Settings.load("master_key_file")
    master_key_file = settings.master_key_file
    assert master_key_file is not None  # noqa: S101 - just required
    contracts = Contracts.load(settings.schemas, settings.policy_pack)

    async def steps(worker: Worker) -> Sequence[Step]:
        vault = await vault_of(worker.pool, master_key_file)
        matcher = Matcher(worker.pool, contracts, vault, worker.progress)
        return matcher.run, matcher.watch

    Worker(SERVICE, settings, steps).main()


if __name__ == "__main__":
    main()
