"""Calls those who asked to be called: `python -m services.feedback.courier`.

Each webhook has a turn of its own, so that one which hangs holds up no other. Within a webhook one
call follows another in the feed's order: what is given up is set aside and the next one is called.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from secrets import SystemRandom
from typing import Final

import msgspec
from asyncpg import Pool, Record

from services.domain.delivery import Delivery
from services.domain.moments import stamp
from services.feedback import hooks, signature
from services.feedback.calling import DELIVERED, GONE, Line
from services.feedback.hooks import Hook, News
from services.feedback.settings import Settings
from services.runtime import clock, log, metrics, postgres
from services.runtime.contracts import Contracts
from services.runtime.process import Process
from services.runtime.sealing import Sealer, Unsealable

SERVICE: Final = "feedback-courier"
MIGRATIONS: Final = Path(__file__).with_name("migrations")
PING: Final = "feedback.ping.v1"
TURNS: Final = 64
TURN_SECONDS: Final = 20.0
POLL_SECONDS: Final = 0.5
SAMPLE_SECONDS: Final = 5.0
_log = log.get(__name__)
_RANDOM: Final = SystemRandom()

Now = Callable[[], datetime]
Chance = Callable[[], float]


class Courier:
    """Gives webhooks their turns."""

    def __init__(  # noqa: PLR0913 - the composition root of its work; by name only
        self,
        pool: "Pool[Record]",
        *,
        line: Line,
        sealer: Sealer,
        delivery: Delivery,
        now: Now = clock.now,
        chance: Chance = _RANDOM.random,
    ) -> None:
        self._pool = pool
        self._line = line
        self._sealer = sealer
        self._delivery = delivery
        self._now = now
        self._chance = chance

    async def run(self) -> None:
        """Call for ever."""
        turns: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as group:
            while True:
                for hook in await postgres.patiently(lambda: self._claim(TURNS - len(turns))):
                    turn = group.create_task(self._patient_turn(hook))
                    turns.add(turn)
                    turn.add_done_callback(turns.discard)
                await asyncio.sleep(POLL_SECONDS)

    async def _claim(self, most: int) -> list[Hook]:
        return await hooks.claim(self._pool, self._now(), most)

    async def _patient_turn(self, hook: Hook) -> None:
        """Give a turn; a database that is away ends it, and its lease brings it back."""
        try:
            await self.turn(hook)
        except Exception as error:
            if not postgres.is_not_now(error):
                raise
            _log.warning("turn put off", error=error)

    async def turn(self, hook: Hook) -> None:
        """Call a webhook: the test that was asked for, what is tried once more, what is new."""
        until = clock.monotonic() + TURN_SECONDS
        if hook.ping_at is not None:
            news = News(0, f"ping-{clock.new_ref()}", PING, self._now())
            await hooks.pinged(self._pool, hook, await self._call(hook, news), self._now())
        if hook.paused_at is None:
            await self._once_more(hook, until)
            await self._go_on(hook, until)
        await hooks.release(self._pool, hook)

    async def _once_more(self, hook: Hook, until: float) -> None:
        for news in await hooks.asked_again(self._pool, hook):
            if clock.monotonic() > until:
                return
            outcome = await self._call(hook, news)
            if outcome == DELIVERED:
                await hooks.healed(self._pool, hook.webhook_id, news.seq, self._now())
            else:
                await hooks.still(self._pool, hook.webhook_id, news.seq, outcome, self._now())

    async def _go_on(self, hook: Hook, until: float) -> None:
        """Call for what is new, as long as it is taken."""
        if hook.next_at > self._now():
            return
        after, tries = hook.after, hook.tries
        for news in await hooks.news(self._pool, hook):
            if clock.monotonic() > until:
                return
            outcome = await self._call(hook, news)
            now = self._now()
            if outcome == DELIVERED:
                if not await hooks.delivered(self._pool, hook.webhook_id, after, news.seq, now):
                    return
                after, tries = news.seq, 0
                continue
            if outcome == GONE:
                await hooks.pause(self._pool, hook.webhook_id, now)
                return
            if not await self._in_vain(hook, after, news, tries + 1, outcome, now):
                return
            after, tries = news.seq, 0

    async def _in_vain(  # noqa: PLR0913 - what is known of a call
        self, hook: Hook, after: int, news: News, tries: int, outcome: str, now: datetime
    ) -> bool:
        """Note a call in vain; say whether it was the last for this entry."""
        pause = self._delivery.pause(tries, self._chance())
        if pause is None:
            metrics.WEBHOOK_GIVEN_UP.inc()
            await hooks.give_up(
                self._pool,
                hook.webhook_id,
                after,
                news.seq,
                now=now,
                outcome=outcome,
                tries=tries,
            )
            return True
        await hooks.in_vain(
            self._pool, hook.webhook_id, after, again_at=now + pause, now=now, outcome=outcome
        )
        return False

    async def _call(self, hook: Hook, news: News) -> str:
        body = msgspec.json.encode({
            "id": news.entry_id,
            "type": news.type,
            "time": stamp(news.at),
        })  # fmt: skip
        now = self._now()
        try:
            secrets = [self._sealer.open(one, hook.webhook_id) for one in _secrets(hook, now)]
        except Unsealable:
            outcome = "no-secret"
        else:
            headers = signature.headers(news.entry_id, body, secrets, now)
            outcome = await self._line.call(hook.url, headers, body)
        metrics.WEBHOOK_CALLS.labels(_kind(outcome)).inc()
        return outcome

    async def sample(self) -> None:
        """Note how much waits to be taken, and how long."""
        while True:
            waiting, oldest = await hooks.waiting(self._pool, self._now())
            metrics.WEBHOOK_UNDELIVERED.set(waiting)
            metrics.WEBHOOK_LAG.set(oldest)
            await asyncio.sleep(SAMPLE_SECONDS)


def _secrets(hook: Hook, now: datetime) -> list[bytes]:
    """The secret, and the one before it while both hold."""
    if hook.old_secret is None or hook.old_until is None or hook.old_until <= now:
        return [hook.secret]
    return [hook.secret, hook.old_secret]


def _kind(outcome: str) -> str:
    """A code that a metric can bear: statuses by their hundred."""
    return f"{outcome[:6]}xx" if outcome.startswith("http-") else outcome


def main() -> None:
    """Call until told to stop."""
    settings = Settings.load("sealing_key_file")
    assert settings.sealing_key_file is not None  # noqa: S101 - just required
    sealer = Sealer.load(settings.sealing_key_file)
    delivery = Contracts.load(settings.schemas).delivery()
    line = Line(delivery.timeout, private=settings.private_receivers)
    held: dict[str, Pool[Record]] = {}

    async def start() -> None:
        held["pool"] = await postgres.create_pool(settings)

    async def stop() -> None:
        await line.close()
        held["pool"].terminate()

    def courier() -> Courier:
        return Courier(held["pool"], line=line, sealer=sealer, delivery=delivery)

    async def run() -> None:
        await courier().run()

    async def sample() -> None:
        await courier().sample()

    Process(
        service=SERVICE,
        settings=settings,
        checks=postgres.checks(lambda: held["pool"], MIGRATIONS),
        on_start=start,
        on_stop=stop,
        background=(sample, run),
    ).main()


if __name__ == "__main__":
    main()
