"""Is nothing of an erased child left on the whole stack, and does what was counted stay counted?"""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from kafka import KafkaConsumer

from deploy.embedded.places import PROJECT
from deploy.embedded.processes import PROCESSES, SERVICES
from deploy.embedded.programs import environment
from deploy.embedded.stack import Stack
from services.runtime import clock
from tests.agencies import Agencies

NAME = "Quillermine"
NUMBER = "9990081234"
_TABLES = """
SELECT nspname || '.' || quote_ident(relname) FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND nspname = ANY($1::text[])
"""
_COUNTS = """
SELECT rule, agency, unit, count(*) FROM ledger.measured
WHERE known_to IS NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
WITHIN_SECONDS = 60


def event(tag: str, agency: str, kind: str, at: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    child = {
        "local_id": f"{agency}-{tag}", "given_name": "Erasmus", "family_name": NAME + tag,
        "date_of_birth": "2011-07-09", "sex": "M", "nhs_number": NUMBER,
    }  # fmt: skip
    return {
        "specversion": "1.0", "source": f"/{agency}/records", "id": f"{kind}-{tag}",
        "type": kind, "time": at,
        "data": {"child": child, "practitioner": {"ref": f"P-{tag}", "role": "worker"}, **more},
    }  # fmt: skip


def life(tag: str) -> list[dict[str, Any]]:
    """A detention and a referral by the police, received by social care: two records."""
    why = {"why": f"{NAME}{tag} was found at night", "harm": "", "ask": ""}
    made = [
        event(tag, "norfolk-police", "police.child-detained.v1", "2026-02-02T21:00:00Z",
              custody_ref=f"C-{tag}"),
        event(tag, "norfolk-police", "referral.made.v1", "2026-02-02T22:00:00Z",
              referral_ref=f"R-{tag}", triggers=[f"C-{tag}"], sent_to="E10000020",
              urgency="standard", harms=["gang"], reason=why),
        event(tag, "norfolk-csc", "social-care.referral-received.v1", "2026-02-03T09:00:00Z",
              referral_ref=f"R-{tag}", referral_source="4"),
    ]  # fmt: skip
    del made[2]["data"]["practitioner"]
    return made


def erase(stack: Stack, *arguments: str) -> str:
    """Do what an operator does at the command line."""
    process = next(one for one in PROCESSES if one.name == "intake")
    told = environment(process, stack.places, stack.ports, stack.database, stack.broker)
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-m", "services.intake.erase", *arguments],
        cwd=PROJECT, env=os.environ | told, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def holding(dsn: str, marks: Iterable[str]) -> set[str]:
    """The tables, of every schema, of which a row holds one of the marks."""
    connection = await asyncpg.connect(dsn)
    found = set()
    pattern = "|".join(re.escape(mark) for mark in marks)
    coded = "|".join(mark.encode().hex() for mark in marks)
    try:
        for row in await connection.fetch(_TABLES, list(SERVICES)):
            held = f"SELECT EXISTS (SELECT FROM {row[0]} AS t WHERE t::text ~ $1)"  # noqa: S608 - of the catalogue
            if await connection.fetchval(held, f"{pattern}|{coded}"):
                found.add(row[0])
    finally:
        await connection.close()
    return found


def last_said(stack: Stack, topic: str, key: str) -> list[bytes | None]:
    """The values that a topic holds under a key, in order."""
    consumer = KafkaConsumer(
        topic, bootstrap_servers=stack.endpoints["kafka"], auto_offset_reset="earliest",
        consumer_timeout_ms=3_000, group_id=None,
    )  # fmt: skip
    try:
        return [message.value for message in consumer if message.key == key.encode()]
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
