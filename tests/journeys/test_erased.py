"""Is nothing of an erased child left on the whole stack, and does what was counted stay counted?"""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from kafka import KafkaConsumer, TopicPartition

from deploy.embedded.stack import Stack
from services.runtime import clock
from tests.agencies import Agencies
from tests.journeys.erased_child import NAME, erase, holding, life

_COUNTS = """
SELECT rule, agency, unit, count(*) FROM ledger.measured
WHERE known_to IS NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
WITHIN_SECONDS = 60


def last_said(stack: Stack, topic: str, key: str) -> list[bytes | None]:
    """The values that a topic holds under a key, in order."""
    consumer = KafkaConsumer(
        bootstrap_servers=stack.endpoints["kafka"], auto_offset_reset="earliest", group_id=None
    )
    try:
        parts = [TopicPartition(topic, part) for part in consumer.partitions_for_topic(topic)]
        consumer.assign(parts)
        ends = consumer.end_offsets(parts)
        said: list[bytes | None] = []
        while any(consumer.position(part) < end for part, end in ends.items()):
            for messages in consumer.poll(timeout_ms=500).values():
                said += [message.value for message in messages if message.key == key.encode()]
        return said
    finally:
        consumer.close()


def logged(folder: Path, marks: Iterable[str]) -> set[str]:
    """The logs in which one of the marks stands."""
    return {
        file.name
        for file in folder.glob("*.log")
        for text in [file.read_text(errors="replace")]
        if any(mark in text for mark in marks)
    }


async def counts(dsn: str) -> list[tuple[Any, ...]]:
    """What is counted of the ledger's gaps."""
    connection = await asyncpg.connect(dsn)
    try:
        return [tuple(row) for row in await connection.fetch(_COUNTS)]
    finally:
        await connection.close()


@pytest.mark.early
@pytest.mark.timeout(300)
async def test_a_child_is_erased_everywhere_and_figures_stay(
    stack: Stack, agencies: Agencies
) -> None:
    tag = str(int(clock.new_ref()[:7], 16))  # letters would be a name, and refused in refs
    dsn = stack.database.dsn()
    sent = life(tag)
    await agencies.post_all(sent)
    await agencies.settled()
    (child_ref,) = {
        gap["child_ref"]
        for one in sent[:2]
        for gap in await agencies.gaps(event=f"{one['source']}|{one['id']}")
    }
    marks = [child_ref, *agencies.receipts.values(), f"R-{tag}", f"C-{tag}", NAME + tag]
    assert {"intake.event", "chronology.event", "ledger.gap"} <= await holding(dsn, marks)
    before = await counts(dsn)

    asked = {"child_ref": child_ref, "reason": "right-to-erasure"}
    answer = await agencies.ask("POST", "/v1/erasures", "administrator", json=asked)
    assert answer.status_code == 202, answer.text
    erasure_id = answer.json()["erasure_id"]
    assert "state\tdone" in erase(stack, "--by", "ben", "--confirm", erasure_id)

    left = {"alerts.alert"}
    for _ in range(2 * WITHIN_SECONDS):
        left = await holding(dsn, marks)
        if not left:
            break
        await asyncio.sleep(0.5)
    assert not left
    assert await counts(dsn) == before
    for topic in ("child.chronologies", "timeliness.gaps", "oversight.gaps", "equity.gaps"):
        assert last_said(stack, topic, child_ref)[-1:] == [None], topic
    assert not logged(stack.places.logs, marks)

    status = await agencies.ask("GET", f"/v1/erasures/{erasure_id}", "administrator")
    assert (status.json()["state"], status.json()["records"]) == ("done", 2)
    again = await agencies.post(sent[0])
    assert (again.status_code, again.json()["code"]) == (409, "erased")
    agencies.receipts.clear()
