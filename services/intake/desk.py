"""What does every route of intake need: who asks, within which limits, and whom to pass it to?"""

from typing import Annotated, Final

import asyncpg
from fastapi import Depends, Request

from services.intake.accesses import Accesses
from services.intake.disputed import Disputed
from services.intake.drafts import Drafts, Retention
from services.intake.erasing import Erasures
from services.intake.feed import Feed
from services.intake.glass import Glass
from services.intake.handlers import Intake
from services.intake.identity_decisions import Decider
from services.intake.identity_reviews import Reviews
from services.intake.import_rows import ImportRows
from services.intake.imports import Imports
from services.intake.keyring import vault_of
from services.intake.limits import Backlog, Rates, Turns
from services.intake.lookups import Desk as LookupDesk
from services.intake.referral import Follower
from services.intake.referral_list import Listed
from services.intake.settings import Settings
from services.intake.together import Together
from services.intake.webhooks import Webhooks
from services.runtime.callers import Reception
from services.runtime.contracts import Contracts
from services.runtime.sealing import Sealer

_WAITING: Final = """
SELECT count(*) FROM (SELECT FROM outbox
    WHERE published_at IS NULL AND parked_at IS NULL LIMIT $1) AS waiting
"""


class Desk(Reception):
    """The parts of the running service; `open` must be called before it is asked anything."""

    intake: Intake
    together: Together
    imports: Imports
    import_rows: ImportRows
    lookups: LookupDesk
    glass: Glass
    follower: Follower
    feed: Feed
    reviews: Reviews
    decider: Decider
    webhooks: Webhooks
    erasures: Erasures
    accesses: Accesses
    drafts: Drafts
    listed: Listed
    disputed: Disputed

    def __init__(self, settings: Settings, contracts: Contracts) -> None:
        super().__init__(contracts.registry, settings.jwks_file)
        self.contracts = contracts
        self.rates = Rates(settings.event_rate, settings.event_burst)
        self._requests_waiting = settings.requests_waiting
        self.turns = Turns(settings.requests_at_once, settings.requests_waiting)
        self.uploads = Turns(settings.uploads_at_once, settings.uploads_waiting)
        self.backlog = Backlog(settings.outbox_bound)
        self._master_key_file = settings.master_key_file
        self._sealing_key_file = settings.sealing_key_file
        self.private_receivers = settings.private_receivers

    async def open(
        self, pool: "asyncpg.Pool[asyncpg.Record]", readers: "asyncpg.Pool[asyncpg.Record]"
    ) -> None:
        """Put the parts together around pools. Raises ValueError for an unusable key."""
        if self._master_key_file is None or self._sealing_key_file is None:
            raise ValueError("no keys")
        vault = await vault_of(pool, self._master_key_file)
        self.pool = pool
        self.readers = readers
        self.intake = Intake(pool, self.contracts, vault)
        self.together = Together(self.intake.take, self._requests_waiting)
        self.imports = Imports(pool, readers, self.contracts, vault, self.intake)
        self.import_rows = ImportRows(readers)
        self.lookups = LookupDesk(readers, self.registry, vault, self.contracts.reader.phrases)
        self.reviews = Reviews(pool, readers, self.contracts, vault)
        self.decider = Decider(pool, readers, self.registry, vault)
        self.feed = Feed(readers)
        self.glass = Glass(pool, vault)
        self.accesses = Accesses(readers)
        sealer = Sealer.load(self._sealing_key_file)
        self.webhooks = Webhooks(pool, self.registry, sealer, self.contracts.delivery())
        self.erasures = Erasures(pool, self.registry, vault)
        retention = Retention.parse(self.contracts.drafts())
        self.drafts = Drafts(pool, readers, self.registry, vault, retention)
        self.policy = self.contracts.policy()
        ladders = self.contracts.disagreements()
        self.listed = Listed(pool, self.registry, self.policy, ladders)
        self.disputed = Disputed(pool, self.registry, self.policy, ladders)
        self.follower = Follower(pool, self.registry, self.policy, self.listed.of_referral)

    async def sample(self) -> None:
        """Note how long the outbox is, counting no further than the bound."""
        self.backlog.sampled(await self.pool.fetchval(_WAITING, self.backlog.bound + 1))

    async def work_off(self) -> None:
        """Work off imports as they come, for ever."""
        await self.imports.run()

    async def erase(self) -> None:
        """Carry out what was confirmed, for ever."""
        await self.erasures.run()

    async def tidy(self) -> None:
        """Delete the drafts whose time is over."""
        await self.drafts.sweep()


async def desk_of(request: Request) -> Desk:
    """Return the application's desk."""
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(desk_of)]
