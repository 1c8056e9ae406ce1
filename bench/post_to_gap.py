"""How long from a POST to a gap that can be seen, how many events a second, in how much memory?

Against a running stack: first a steady rate, then as much as it takes. Invented children only.
"""

import argparse
import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from statistics import quantiles
from typing import Any

import aiohttp

from bench.crowd import SOURCE, detentions
from bench.footprint import resident_megabytes
from services.runtime import clock

_BATCH = 500
_POLL_SECONDS = 0.1  # asking more often would measure the asking
_GIVE_UP_SECONDS = 120
_PERSONA = "norfolk-police"
_BATCH_TYPE = "application/cloudevents-batch+json"
_ONE_TYPE = "application/cloudevents+json"
_NOT_NOW = frozenset({429, 503})

Event = dict[str, Any]


@dataclass(slots=True)
class Steady:
    """What a steady rate measured: seconds, and events that were refused or never showed."""

    post: list[float] = field(default_factory=list)
    to_gap: list[float] = field(default_factory=list)
    refused: int = 0
    unseen: int = 0
    elapsed: float = 0.0


class Bench:
    """One client at work on one stack."""

    def __init__(self, client: aiohttp.ClientSession, endpoints: dict[str, Any]) -> None:
        self._client = client
        self._intake = f"{endpoints['intake']}/v1"
        self._gaps = f"{endpoints['dashboards']}/api/v1/gaps"
        self._police = {"Authorization": f"Bearer {endpoints['tokens'][_PERSONA]}"}

    async def steadily(
        self, events: Iterator[Event], rate: int, seconds: int, every: int
    ) -> Steady:
        """Post one event at a time at a rate; watch each `every`th until its gap is seen."""
        measured, started = Steady(), clock.monotonic()
        async with asyncio.TaskGroup() as group:
            for n in range(rate * seconds):
                due = started + n / rate
                await asyncio.sleep(max(0.0, due - clock.monotonic()))
                group.create_task(self._one(next(events), due, measured, watch=n % every == 0))
            measured.elapsed = clock.monotonic() - started
        return measured

    async def flood(self, events: Sequence[Event]) -> tuple[float, float]:
        """Post all in batches and wait until all are judged; return seconds of either."""
        started = clock.monotonic()
        receipts: list[str] = []
        for start in range(0, len(events), _BATCH):
            receipts += await self._batch(events[start : start + _BATCH])
        posted = clock.monotonic() - started
        for start in range(0, len(receipts), _BATCH):
            await self._until_judged(receipts[start : start + _BATCH])
        return posted, clock.monotonic() - started

    async def _one(self, event: Event, due: float, measured: Steady, *, watch: bool) -> None:
        """Post one event; time counts from when it was due, so that a slow bench hides nothing."""
        headers = {**self._police, "Content-Type": _ONE_TYPE}
        url, body = f"{self._intake}/events", json.dumps(event)
        async with self._client.post(url, headers=headers, data=body) as answer:
            await answer.read()
        measured.post.append(clock.monotonic() - due)
        if answer.status != HTTPStatus.ACCEPTED:
            measured.refused += 1
        elif watch:
            await self._until_seen(event, due, measured)

    async def _until_seen(self, event: Event, due: float, measured: Steady) -> None:
        wanted = {"event": f"{SOURCE}|{event['id']}", "limit": "1"}
        while clock.monotonic() - due < _GIVE_UP_SECONDS:
            async with self._client.get(self._gaps, headers=self._police, params=wanted) as answer:
                page = await answer.json() if answer.ok else {"items": []}
            if page["items"]:
                measured.to_gap.append(clock.monotonic() - due)
                return
            await asyncio.sleep(_POLL_SECONDS)
        measured.unseen += 1

    async def _batch(self, events: Sequence[Event]) -> list[str]:
        headers = {**self._police, "Content-Type": _BATCH_TYPE}
        url, body = f"{self._intake}/events", json.dumps(events)
        while True:
            async with self._client.post(url, headers=headers, data=body) as answer:
                if answer.status not in _NOT_NOW:
                    answer.raise_for_status()
                    return [each["receipt"] for each in (await answer.json())["receipts"]]
            await asyncio.sleep(float(answer.headers.get("Retry-After", 1)))

    async def _until_judged(self, receipts: Sequence[str]) -> None:
        wanted = {"receipts": ",".join(receipts)}
        while True:
            url = f"{self._intake}/receipts"
            async with self._client.get(url, headers=self._police, params=wanted) as answer:
                answer.raise_for_status()
                items = (await answer.json())["items"]
            if all(each["stage"] == "judged" for each in items):
                return
            await asyncio.sleep(0.2)


def main() -> None:
    """Measure the stack of --endpoints and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--endpoints", type=Path, default=Path(".run/endpoints.json"))
    parser.add_argument("--rate", type=int, default=100, help="events a second (100)")
    parser.add_argument("--seconds", type=int, default=60, help="for how long (60)")
    parser.add_argument("--watch-every", type=int, default=25, help="watch each nth event (25)")
    parser.add_argument("--flood", type=int, default=10_000, help="events of the flood (10,000)")
    asyncio.run(_measure(parser.parse_args()))


async def _measure(chosen: argparse.Namespace) -> None:
    endpoints = json.loads(chosen.endpoints.read_text())
    now = clock.now()
    events = detentions(f"bench-{int(now.timestamp()):x}", now)
    connector = aiohttp.TCPConnector(limit=200)
    async with aiohttp.ClientSession(connector=connector) as client:
        bench = Bench(client, endpoints)
        steady = await bench.steadily(events, chosen.rate, chosen.seconds, chosen.watch_every)
        _print_steady(steady, chosen)
        if chosen.flood:
            posted, judged = await bench.flood([next(events) for _ in range(chosen.flood)])
            _line("flood: accepted", f"{chosen.flood / posted:,.0f} events/s")
            _line("flood: judged (sustained)", f"{chosen.flood / judged:,.0f} events/s")
    held = resident_megabytes(chosen.endpoints.parent)
    for name, megabytes in sorted(held.items()):
        _line(f"memory: {name}", f"{megabytes:,.0f} MB")
    _line("memory: the whole stack", f"{sum(held.values()):,.0f} MB")


def _print_steady(steady: Steady, chosen: argparse.Namespace) -> None:
    rate = len(steady.post) / steady.elapsed
    _line(f"steady: asked for {chosen.rate}/s", f"{rate:,.1f} events/s for {steady.elapsed:.0f} s")
    _line("steady: POST answered", _spread(steady.post))
    _line("steady: POST to gap", f"{_spread(steady.to_gap)}  ({len(steady.to_gap):,} watched)")
    _line("steady: refused, never seen", f"{steady.refused}, {steady.unseen}")


def _spread(seconds: list[float]) -> str:
    if len(seconds) < 2:  # noqa: PLR2004 - no spread of one
        return "too few"
    percentiles = quantiles(seconds, n=100, method="inclusive")
    return f"p50 {percentiles[49] * 1000:,.0f} ms  p99 {percentiles[98] * 1000:,.0f} ms"


def _line(what: str, value: str) -> None:
    print(f"{what:<34}{value}", flush=True)


if __name__ == "__main__":
    main()
