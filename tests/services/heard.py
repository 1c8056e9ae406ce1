"""The ledger hears of every chronology as it stands, as it would over the broker."""

from services.chronology.compose import compose
from services.domain.policy import Policy
from services.ledger.handlers import CHRONOLOGIES, handle
from services.ledger.lag import Lag
from services.runtime import clock
from services.runtime.guard import Message
from tests.services.conftest import Dsn, pool_of


async def heard(dsn: Dsn, policy: Policy) -> None:
    """Tell the ledger of all children that chronology knows."""
    async with pool_of(dsn("chronology")) as chronology, pool_of(dsn("ledger")) as ledger:
        rows = await chronology.fetch("SELECT child_ref FROM child")
        told = [
            Message(CHRONOLOGIES, 0, 0, one.child_ref.encode(), one.value)
            for one in await compose(chronology, [row["child_ref"] for row in rows])
        ]
        await handle(ledger, told, policy, Lag(clock.now()))
