"""Webhooks are called in order, again where it was in vain, and given up for all to see."""

import asyncio
import base64
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from services.feedback import hooks
from services.feedback.calling import Line
from services.feedback.courier import Courier
from services.runtime.contracts import Contracts
from services.runtime.sealing import Sealer
from tests.gaps import MONDAY, gap
from tests.services.feedback.conftest import NOW, ROOT, Told
from tests.services.feedback.receiver import HANG, Call, Receiver, receiving

SECRET, OLD = bytes(range(32)), bytes(32)
SEALER = Sealer([bytes(32)])
DELIVERY = replace(
    Contracts.load(ROOT / "schemas").delivery(), timeout=timedelta(seconds=0.5), tries=3
)


@dataclass
class World:
    """A feed, a receiver, and a courier whose clock a test turns."""

    told: Told
    receiver: Receiver
    line: Line
    now: datetime = NOW

    @property
    def courier(self) -> Courier:
        return Courier(
            self.told.feedback,
            line=self.line,
            sealer=SEALER,
            delivery=DELIVERY,
            now=lambda: self.now,
            chance=lambda: 0.0,
        )

    async def registered(self, name: str = "hook-1", path: str = "/", **more: Any) -> None:  # noqa: ANN401 - any column
        row = {
            "webhook_id": name,
            "agency": "norfolk-police",
            "url": f"http://127.0.0.1:{self.receiver.port}{path}",
            "secret": SEALER.seal(SECRET, name),
            "created_at": NOW,
            "after": 0,
            "next_at": NOW,
        } | more
        marks = ", ".join(f"${n}" for n in range(1, len(row) + 1))
        query = f"INSERT INTO webhook ({', '.join(row)}) VALUES ({marks})"  # noqa: S608 - our names
        await self.told.feedback.execute(query, *row.values())

    async def turn(self, later: float = 0) -> int:
        """Give every webhook that is due its turn; return how many there were."""
        self.now += timedelta(seconds=later)
        claimed = await hooks.claim(self.told.feedback, self.now, 10)
        await asyncio.gather(*(self.courier.turn(hook) for hook in claimed))
        return len(claimed)

    async def hook(self, name: str = "hook-1") -> dict[str, Any]:
        row = await self.told.feedback.fetchrow("SELECT * FROM webhook WHERE webhook_id = $1", name)
        return dict(row or {})

    async def entry_ids(self) -> list[str]:
        return [entry["entry_id"] for entry in await self.told.entries()]


@pytest.fixture
async def world(told: Told) -> AsyncIterator[World]:
    async with receiving() as receiver:
        line = Line(DELIVERY.timeout, private=True)
        yield World(told, receiver, line)
        await line.close()


def signed(call: Call, secret: bytes) -> str:
    """The signature as the page for agencies tells a receiver to work it out."""
    content = f"{call.headers['webhook-id']}.{call.headers['webhook-timestamp']}.".encode()
    digest = hmac.digest(secret, content + call.body, sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


async def test_every_entry_is_called_for_in_order_and_once(world: World) -> None:
    await world.registered()
    await world.told.believed(*(gap(number) for number in range(1, 4)))
    await world.turn()
    assert world.receiver.ids == await world.entry_ids()
    assert await world.turn() == 0
    assert (await world.hook())["outcome"] == "delivered"


async def test_the_body_says_id_type_and_time_and_is_signed(world: World) -> None:
    await world.registered()
    await world.told.believed(gap(1))
    await world.turn()
    (call,) = world.receiver.calls
    (entry_id,) = await world.entry_ids()
    assert call.said == {
        "id": entry_id,
        "type": "feedback.gap-opened.v1",
        "time": "2026-03-02T10:00:00Z",
    }
    assert call.headers["webhook-id"] == entry_id
    assert call.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert call.headers["webhook-signature"] == signed(call, SECRET)


async def test_while_a_secret_changes_both_sign(world: World) -> None:
    old = SEALER.seal(OLD, "hook-1")
    await world.registered(old_secret=old, old_until=NOW + timedelta(hours=1))
    await world.told.believed(gap(1))
    await world.turn()
    both = world.receiver.calls[0].headers["webhook-signature"].split(" ")
    assert both == [signed(world.receiver.calls[0], secret) for secret in (SECRET, OLD)]
    await world.told.believed(gap(1), gap(2))
    await world.turn(later=3600)
    (alone,) = world.receiver.calls[1].headers["webhook-signature"].split(" ")
    assert alone == signed(world.receiver.calls[1], SECRET)


async def test_what_fails_is_called_again_after_growing_pauses_and_the_order_is_kept(
    world: World,
) -> None:
    await world.registered()
    await world.told.believed(gap(1), gap(2))
    world.receiver.status = 500
    await world.turn()
    assert ((await world.hook())["tries"], len(world.receiver.calls)) == (1, 1)
    assert await world.turn(later=4.9) == 0
    assert await world.turn(later=0.1) == 1
    assert await world.turn(later=9.9) == 0
    world.receiver.status = 204
    await world.turn(later=0.1)
    first, second = await world.entry_ids()
    assert world.receiver.ids == [first, first, first, second]


async def test_what_is_given_up_is_set_aside_and_the_next_is_called(world: World) -> None:
    await world.registered()
    await world.told.believed(gap(1), gap(2))
    world.receiver.status = 503
    await world.turn()
    await world.turn(later=5)
    await world.turn(later=10)
    rows = await world.told.feedback.fetch("SELECT seq, tries, outcome FROM undelivered")
    (entry, _) = await world.told.entries()
    assert [tuple(row) for row in rows] == [(entry["seq"], 3, "http-503")]
    world.receiver.status = 204
    await world.turn(later=10)
    first, second = await world.entry_ids()
    assert world.receiver.ids == [first, first, first, second, second]


async def test_what_was_given_up_is_tried_once_more_when_asked(world: World) -> None:
    await world.registered()
    await world.told.believed(gap(1))
    world.receiver.status = 500
    for later in (0, 5, 10):
        await world.turn(later)
    again = "UPDATE undelivered SET again_at = now()"
    await world.told.feedback.execute(again)
    await world.turn()
    assert await world.turn() == 0
    assert await world.told.feedback.fetchval("SELECT tries FROM undelivered") == 4
    world.receiver.status = 200
    await world.told.feedback.execute(again)
    await world.turn()
    assert await world.told.feedback.fetchval("SELECT count(*) FROM undelivered") == 0
    assert len(world.receiver.calls) == 5


async def test_who_says_gone_is_called_no_more_until_resumed(world: World) -> None:
    await world.registered()
    await world.told.believed(gap(1))
    world.receiver.status = 410
    await world.turn()
    hook = await world.hook()
    assert (hook["paused_reason"], hook["after"]) == ("gone", 0)
    assert await world.turn(later=86_400) == 0
    world.receiver.status = 200
    await world.told.feedback.execute(
        "UPDATE webhook SET (paused_at, paused_reason) = (NULL, NULL)"
    )
    await world.turn()
    assert len(world.receiver.calls) == 2


async def test_one_that_hangs_holds_up_no_other(world: World) -> None:
    async with receiving() as other:
        await world.registered()
        await world.registered("hook-2", url=f"http://127.0.0.1:{other.port}/")
        await world.told.believed(gap(1), gap(2))
        world.receiver.status = HANG
        claimed = await hooks.claim(world.told.feedback, world.now, 10)
        turns = [asyncio.create_task(world.courier.turn(hook)) for hook in claimed]
        async with asyncio.timeout(30):
            while len(other.calls) < 2:
                await asyncio.sleep(0.01)
        await asyncio.gather(*turns)
        assert (await world.hook())["outcome"] == "timeout"
        assert (await world.hook("hook-2"))["outcome"] == "delivered"


async def test_another_agencys_entries_are_not_called_for(world: World) -> None:
    await world.registered(agency="norfolk-school")
    await world.told.believed(gap(1))
    assert await world.turn() == 0


async def test_a_ping_is_signed_and_comes_although_it_is_paused(world: World) -> None:
    await world.registered(ping_at=NOW, paused_at=NOW, paused_reason="asked")
    await world.told.believed(gap(1))
    await world.turn()
    (call,) = world.receiver.calls
    assert call.said["type"] == "feedback.ping.v1"
    assert call.headers["webhook-signature"] == signed(call, SECRET)
    assert await world.turn() == 0


async def test_a_replay_calls_for_everything_again(world: World) -> None:
    await world.registered()
    await world.told.believed(gap(1), gap(2))
    await world.turn()
    await world.told.feedback.execute("UPDATE webhook SET after = 0")
    await world.turn()
    first, second = await world.entry_ids()
    assert world.receiver.ids == [first, second, first, second]


async def test_a_call_that_was_overtaken_by_a_replay_moves_nothing(world: World) -> None:
    await world.registered()
    await world.told.believed(gap(1), gap(2))
    (hook,) = await hooks.claim(world.told.feedback, world.now, 10)
    await world.told.feedback.execute("UPDATE webhook SET after = 1")
    await world.courier.turn(hook)
    assert (await world.hook())["after"] == 1


async def test_a_claim_keeps_others_away_until_its_lease_ends(world: World) -> None:
    await world.registered()
    await world.told.believed(gap(1))
    assert len(await hooks.claim(world.told.feedback, world.now, 10)) == 1
    assert await world.turn(later=60) == 0
    assert await world.turn(later=60) == 1
    assert len(world.receiver.calls) == 1


async def test_a_secret_that_does_not_open_calls_nobody(world: World) -> None:
    await world.registered(secret=Sealer([SECRET]).seal(SECRET, "hook-1"))
    await world.told.believed(gap(1, opens_at=MONDAY))
    await world.turn()
    assert (world.receiver.calls, (await world.hook())["outcome"]) == ([], "no-secret")


async def test_how_much_waits_is_counted(world: World) -> None:
    assert await hooks.waiting(world.told.feedback, NOW) == (0, 0.0)
    await world.registered()
    await world.told.believed(gap(1))
    waiting = await hooks.waiting(world.told.feedback, NOW + timedelta(seconds=30))
    assert waiting == (0, 30.0)
    await world.turn()
    assert await hooks.waiting(world.told.feedback, NOW + timedelta(seconds=60)) == (0, 0.0)
