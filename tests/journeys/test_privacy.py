"""Is a name, an address or a narrative found anywhere outside the vault?

One child's identity and story are made of marker words; every place that this system writes to is
then searched for them, the vault's own tables included, for there they must be sealed.
"""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from kafka import KafkaConsumer

from deploy.embedded.ports import HOST
from deploy.embedded.processes import PROCESSES
from deploy.embedded.stack import Stack
from tests.agencies import SINGLE, Agencies
from tests.crowd import COMPLETE, nhs_number

NHS = next(number for n in range(499_000, 499_100) if (number := nhs_number(n)))
MARKERS = (
    "Zquxgiven",
    "Zquxfamily",
    "ZQ9 9QX",
    "zquxlocal",
    "zquxbadge",
    "zquxwhy",
    "zquxharm",
    "zquxask",
    "zquxvoice",
    "zquxaddress",
    "zquxrationale",
    "zquxunknown",
    "zquxpurpose",
    "zquxcensus",
    NHS,
    "2012-11-29",
    "20121129",
)
CHILD = {
    "local_id": "zquxlocal-1",
    "given_name": "Zquxgiven",
    "family_name": "Zquxfamily",
    "date_of_birth": "2012-11-29",
    "postcode": "ZQ9 9QX",
    "nhs_number": NHS,
    "sex": "F",
}
OFFICER = {"ref": "zquxbadge-7", "role": "investigator", "unit": "zquxunknown"}
CENSUS = b"""<Message><Header><Source><LEA>926</LEA></Source></Header><Children><Child>
<ChildIdentifiers><LAchildID>zquxcensus1</LAchildID><PersonBirthDate>2012-11-29</PersonBirthDate>
<Sex>F</Sex></ChildIdentifiers><CINdetails><CINreferralDate>2024-10-24</CINreferralDate>
<ReferralSource>zquxunknown</ReferralSource><ReferralNFA>true</ReferralNFA></CINdetails>
</Child></Children></Message>"""


def _event(number: int, kind: str, **data: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "specversion": "1.0",
        "id": f"privacy-{number}",
        "source": "/norfolk-police/records",
        "type": kind,
        "time": "2026-02-03T10:00:00Z",
        "data": {"child": CHILD, **data},
    }


GOOD = [
    _event(
        1,
        "referral.made.v1",
        referral_ref="P-1",
        practitioner=OFFICER,
        sent_to="E10000020",
        urgency="standard",
        harms=["knife"],
        information=COMPLETE | {"address": "zquxaddress"},
        reason={
            "why": "zquxwhy",
            "harm": "zquxharm",
            "ask": "zquxask",
            "voice_of_child": "zquxvoice",
        },
    ),
    _event(
        2,
        "oversight.reviewed.v1",
        of={"kind": "referral", "ref": "P-1"},
        practitioner=OFFICER,
        outcome="approved",
        rationale="zquxrationale",
    ),
]
BAD = [
    _event(3, "referral.made.v1", Zquxfamily="zquxwhy", referral_ref=["zquxwhy"]),
    _event(4, "zquxunknown.v1"),
    _event(5, "police.child-detained.v1", custody_ref="Zquxfamily-9", practitioner=OFFICER),
    _event(6, "police.child-detained.v1", custody_ref="C-1", practitioner="zquxbadge")
    | {"time": "zquxwhy"},
]


async def test_markers_are_found_nowhere_but_sealed_in_the_vault(
    stack: Stack, agencies: Agencies
) -> None:
    for event in GOOD:
        assert (await agencies.post(event)).status_code == 202
    bodies = [(await agencies.post(event)).text for event in BAD]
    bodies += [await _malformed(agencies), await _import(agencies)]
    bodies += [
        (
            await agencies.get("/api/v1/gaps", "qa-reviewer", agency="zquxunknown", state="zquxwhy")
        ).text
    ]
    await agencies.settled()
    places = {"error bodies": "\n".join(bodies).encode()}
    places |= {f"log {path.name}": path.read_bytes() for path in _logs(stack)}
    places |= await _metrics(stack)
    places |= await asyncio.to_thread(_topics, stack.endpoints["kafka"])
    places |= await _tables(stack.endpoints["postgres"])
    assert any(
        place.startswith("topic police") and b"referral.made" in text
        for place, text in places.items()
    )
    assert [
        (place, marker)
        for place, content in ((place, content.lower()) for place, content in places.items())
        for marker in MARKERS
        if marker.lower().encode() in content
    ] == []


async def _malformed(agencies: Agencies) -> str:
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{agencies.endpoints['intake']}/v1/events",
            content=b'{"data": {"why": "zquxwhy", }',
            headers=agencies.bearer("norfolk-police") | {"Content-Type": SINGLE},
        )
    assert answer.status_code == 400
    return answer.text


async def _import(agencies: Agencies) -> str:
    """Post the census and read its rows once it is done."""
    intake, bearer = agencies.endpoints["intake"], agencies.bearer("norfolk-csc")
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{intake}/v1/imports",
            content=CENSUS,
            headers=bearer | {"Content-Type": "application/xml"},
        )
        assert answer.status_code == 202, answer.text
        url = f"{intake}/v1/imports/{answer.json()['id']}"
        while (await client.get(url, headers=bearer)).json()["state"] == "running":
            await asyncio.sleep(0.1)
        rows = await client.get(f"{url}/rows", headers=bearer)
    for row in json.loads(rows.text)["items"]:
        assert row["outcome"] in ("accepted", "duplicate"), row
    return rows.text


def _logs(stack: Stack) -> Iterator[Path]:
    return (path for path in stack.places.logs.rglob("*") if path.is_file())


async def _metrics(stack: Stack) -> dict[str, bytes]:
    async with httpx.AsyncClient() as client:
        return {
            f"metrics of {process.name}": (
                await client.get(f"http://{HOST}:{stack.ports[process.name]}/metrics")
            ).content
            for process in PROCESSES
        }


def _topics(bootstrap: str) -> dict[str, bytes]:
    """Every message of every topic, as the consumers read it."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=4_000
    )
    topics = [topic for topic in consumer.topics() if not topic.startswith("__")]
    consumer.subscribe(topics)
    found: dict[str, list[bytes]] = {}
    for message in consumer:
        found.setdefault(f"topic {message.topic}", []).extend(
            (message.key or b"", message.value or b"")
        )
    consumer.close()
    return {place: b"\n".join(parts) for place, parts in found.items()}


async def _tables(dsn: str) -> dict[str, bytes]:
    """Every row of every table of every service, the vault's too, as text."""
    connection = await asyncpg.connect(dsn)
    tables = await connection.fetch(
        "SELECT schemaname, tablename FROM pg_tables "
        "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    )
    found = {}
    for schema, table in tables:
        rows = await connection.fetch(f'SELECT t::text FROM "{schema}"."{table}" t')  # noqa: S608
        text = "\n".join(str(row[0]) for row in rows)
        found[f"table {schema}.{table}"] = text.encode() + _bytes_of(text)
    await connection.close()
    return found


def _bytes_of(text: str) -> bytes:
    """What stands in byte columns, which PostgreSQL prints as hexadecimal digits."""
    return b"\n".join(
        bytes.fromhex(part[: len(part) // 2 * 2])
        for part in (word.split('"')[0].split(",")[0] for word in text.split("\\x")[1:])
        if all(digit in "0123456789abcdef" for digit in part)
    )
