"""Does a real Prometheus see the running stack, what is owed in it, and what is broken?"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from deploy.embedded.processes import PROCESSES
from deploy.embedded.stack import Stack
from services.runtime import clock
from tests.agencies import Agencies
from tests.monitoring.test_alerts import rules
from tests.monitoring.test_dashboards import expressions

EVERY = "1s"
PATIENCE_SECONDS = 60
OWED = 'ALERTS{alertname="HarmAddsUp",agency="norfolk-voluntary",alertstate="firing"}'
DOWN = 'ALERTS{alertname="ProcessDown",process="dashboards"}'
SOURCE = "/norfolk-voluntary/monitored"

Query = Callable[[str], Awaitable[list[dict[str, Any]]]]


@pytest.fixture
async def query(stack: Stack) -> AsyncIterator[Query]:
    """Ask the stack's Prometheus, which looks every second as long as the test lasts."""
    watch = stack.prometheus
    assert watch is not None, "no Prometheus: `make deps` fetches it on Debian"
    async with httpx.AsyncClient(base_url=watch.url, timeout=10) as client:

        async def ask(expression: str) -> list[dict[str, Any]]:
            answer = await client.get("/api/v1/query", params={"query": expression})
            assert answer.is_success, answer.text
            found: list[dict[str, Any]] = answer.json()["data"]["result"]
            return found

        watch.create(stack.ports, every=EVERY)
        (await client.post("/-/reload")).raise_for_status()
        try:
            yield ask
        finally:
            watch.create(stack.ports)
            (await client.post("/-/reload")).raise_for_status()


async def until(wanted: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait until it is so."""
    for _ in range(2 * PATIENCE_SECONDS):
        if await wanted():
            return
        await asyncio.sleep(0.5)
    pytest.fail(f"not within {PATIENCE_SECONDS} s: {what}")


def concern(number: int, at: datetime) -> dict[str, Any]:
    """An amber concern about one child, each an incident of its own."""
    return {
        "specversion": "1.0",
        "source": SOURCE,
        "id": f"monitored-{number}",
        "type": "partner.concern-raised.v1",
        "time": at.isoformat(),
        "data": {
            "child": {"local_id": "monitored-child", "date_of_birth": "2012-05-05"},
            "concern_ref": f"monitored-concern-{number}",
            "setting": "voluntary",
            "harms": ["neglect"],
            "grade": "green",
            "practitioner": {"ref": "worker-1", "role": "youth-worker"},
        },
    }


def taken_back(event: dict[str, Any]) -> dict[str, Any]:
    """Retract an event that was sent in error."""
    return event | {
        "id": event["id"] + "-undone",
        "type": "event.retracted.v1",
        "time": clock.now().isoformat(),
        "data": {
            "child": event["data"]["child"],
            "retracts": {"source": event["source"], "id": event["id"]},
            "practitioner": event["data"]["practitioner"],
            "reason": "sent in error",
        },
    }


async def test_every_process_is_scraped_and_exports_what_the_rules_ask_for(
    stack: Stack, query: Query
) -> None:
    async def all_up() -> bool:
        up = await query("up == 1")
        return {one["metric"]["process"] for one in up} == {one.name for one in PROCESSES}

    await until(all_up, "every process up")
    for expression in (*(rule["expr"] for rule in rules("expr")), *set(expressions())):
        await query(expression)
    assert stack.prometheus is not None
    asked = {
        re.sub(r"_(bucket|count|sum)$", "", name).removesuffix("_total")
        for expression in (*(rule["expr"] for rule in rules("expr")), *expressions())
        for name in re.findall(r"(?<![\w:])rw_\w+(?![\w:])", expression)
    }
    async with httpx.AsyncClient(base_url=stack.prometheus.url) as client:

        async def all_exported() -> bool:
            """Metadata is of the last look alone, and a process that begins anew has had none."""
            found = (await client.get("/api/v1/metadata")).json()["data"]
            return asked <= {name.removesuffix("_total") for name in found}

        await until(all_exported, "every metric that is asked for")


async def test_harm_that_adds_up_is_seen_and_what_was_sent_in_error_ceases_to_be(
    agencies: Agencies, query: Query
) -> None:
    now = clock.now()
    told = [concern(day, now - timedelta(days=day, hours=6)) for day in (21, 11, 1)]
    assert await query(OWED) == []
    await agencies.post_all(told)
    await until(lambda: _holds(query, OWED), "the alert fires")
    await agencies.post_all([taken_back(told[-1])])
    await until(lambda: _lacks(query, OWED), "the alert clears")


async def test_a_process_that_is_down_is_seen_and_seen_to_be_back(
    stack: Stack, query: Query
) -> None:
    stack.stop("dashboards")
    try:
        await until(lambda: _holds(query, DOWN), "the process is missed")
    finally:
        stack.start("dashboards")
        stack.await_ready("dashboards")
    await until(lambda: _lacks(query, DOWN), "the process is seen again")


async def _holds(query: Query, expression: str) -> bool:
    return bool(await query(expression))


async def _lacks(query: Query, expression: str) -> bool:
    return not await query(expression)


async def test_no_series_tells_of_a_person_or_a_reference(stack: Stack, query: Query) -> None:
    everything = json.dumps(await query('{job="referral-watch"}'))
    assert "monitored-" not in everything
    words = {str(value) for one in json.loads(everything) for value in one["metric"].values()}
    assert not [word for word in words if _is_minted(word)]
    assert str(stack.places.root) not in everything


def _is_minted(word: str) -> bool:
    try:
        return bool(UUID(word))
    except ValueError:
        return False
