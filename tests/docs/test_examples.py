"""Do the programs in docs/examples do what they say, on the running stack?"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

from deploy.embedded.places import PROJECT
from deploy.embedded.stack import Stack
from services.runtime import clock
from tests.agencies import Agencies

EXAMPLES = PROJECT / "docs" / "examples"
TOPIC = "school.own"
WITHIN_SECONDS = 60
AWAY = "http://127.0.0.1:9"


def concern(event_id: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any part of an event
    return {
        "specversion": "1.0", "source": "/norfolk-school/examples", "id": event_id,
        "type": "partner.concern-raised.v1", "time": "2026-02-03T10:00:00Z",
        "data": {
            "child": {"local_id": "EXAMPLES-1"}, "concern_ref": event_id, "setting": "school",
            "harms": ["knife"], "grade": "amber",
            "practitioner": {"ref": "T-1", "role": "teacher"}, **more,
        },
    }  # fmt: skip


def environment(stack: Stack, **more: str) -> Mapping[str, str]:
    ends = stack.endpoints
    token = ends["tokens"]["norfolk-school"]
    return {**os.environ, "INTAKE": ends["intake"], "TOKEN": token, **more}


def sent(stack: Stack, folder: Path, *events: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    file = folder / "events.json"
    file.write_text(json.dumps(events))
    return subprocess.run(  # noqa: S603 - our own example
        [sys.executable, "-I", EXAMPLES / "send.py", file],
        env=environment(stack), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_the_client_sends_a_file_and_sending_again_is_safe(stack: Stack, tmp_path: Path) -> None:
    for _ in range(2):
        done = sent(stack, tmp_path, concern("client-1"), concern("client-2"))
        assert (done.returncode, done.stdout) == (0, "2 stored, 0 refused\n"), done.stderr


def test_the_client_prints_every_fault_and_stores_what_is_good(
    stack: Stack, tmp_path: Path
) -> None:
    done = sent(stack, tmp_path, concern("client-3"), concern("client-4", grade="Zebulonia"))
    assert done.returncode == 1
    assert "1 422 /data/grade not-in-code-set" in done.stdout
    assert done.stdout.endswith("1 stored, 1 refused\n")
    assert "Zebulonia" not in done.stdout


@pytest.fixture
def own_kafka(stack: Stack) -> Iterator[str]:
    """Give a broker with an agency's own topics; the stack's stands in for the agency's."""
    bootstrap: str = stack.endpoints["kafka"]
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    own = [NewTopic(TOPIC, 1, 1), NewTopic(f"{TOPIC}.refused", 1, 1)]
    admin.create_topics(own)
    yield bootstrap
    admin.delete_topics([topic.name for topic in own])
    admin.close()


def bridge(stack: Stack, bootstrap: str, **more: str) -> "subprocess.Popen[str]":
    told = {"KAFKA": bootstrap, "TOPIC": TOPIC, "GROUP": "bridge", **more}
    return subprocess.Popen(  # noqa: S603 - our own example
        [sys.executable, "-u", EXAMPLES / "kafka_bridge.py"],
        env=environment(stack, **told), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


async def test_the_bridge_loses_nothing_though_intake_is_away_and_it_is_killed(
    stack: Stack, agencies: Agencies, own_kafka: str
) -> None:
    mark = clock.new_ref()
    producer = KafkaProducer(bootstrap_servers=own_kafka, acks="all")
    events = [concern(f"bridge-{mark}-{number}") for number in range(20)]
    bad = concern(f"bridge-{mark}-bad", grade="Zebulonia")
    for event in [*events[:5], bad, *events[5:]]:
        producer.send(TOPIC, json.dumps(event).encode())
    producer.flush()
    producer.close()
    waits = bridge(stack, own_kafka, INTAKE=AWAY)
    assert waits.stdout is not None
    assert "away" in waits.stdout.readline()
    waits.kill()
    waits.communicate(timeout=20)
    killed = bridge(stack, own_kafka)
    await asyncio.sleep(3)
    killed.kill()
    killed.communicate(timeout=20)
    runs = bridge(stack, own_kafka)
    while (await _known(agencies, events)) < len(events):
        assert runs.poll() is None
        await asyncio.sleep(0.2)
    runs.send_signal(signal.SIGTERM)
    printed, _ = runs.communicate(timeout=30)
    assert printed.endswith("stopped\n")
    assert "Zebulonia" not in printed
    assert _refused(own_kafka) == [(bad, "422")]


def _refused(bootstrap: str) -> list[tuple[dict[str, Any], str]]:
    """What the bridge has laid aside: each message as it was, once."""
    consumer = KafkaConsumer(
        f"{TOPIC}.refused", bootstrap_servers=bootstrap, auto_offset_reset="earliest",
        consumer_timeout_ms=5_000,
    )  # fmt: skip
    found = {message.value: dict(message.headers)["status"].decode() for message in consumer}
    consumer.close()
    return [(json.loads(value), status) for value, status in found.items()]


async def _known(agencies: Agencies, events: list[dict[str, Any]]) -> int:
    """How many of the events intake has stored: they would be duplicates now."""
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{agencies.endpoints['intake']}/v1/events",
            params={"validate_only": "true"},
            json=events,
            headers=agencies.bearer("norfolk-school")
            | {"Content-Type": "application/cloudevents-batch+json"},
        )
    return sum(one["outcome"] == "duplicate" for one in answer.json()["receipts"])
