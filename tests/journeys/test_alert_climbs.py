"""Does an alert climb until somebody answers, by mail that names no child, and then stop?"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.embedded.places import PROJECT
from deploy.embedded.processes import PROCESSES
from deploy.embedded.programs import environment
from deploy.embedded.stack import Stack
from services.domain.moments import stamp
from services.runtime import clock
from services.runtime.contracts import read_toml
from tests.agencies import Agencies

RULE = "timeliness.referral_not_made"
SUPERVISOR = "safeguarding-supervisor@police.example"
DUTY = "custody-duty@police.example"
QUICK = (
    ('after = 0\nunit = "hours"\ntell = ["unit"]', 'after = 0\nunit = "seconds"\ntell = ["unit"]'),
    (
        'after = 1\nunit = "working-days"\ntell = ["supervisor"]',
        'after = 3\nunit = "seconds"\ntell = ["supervisor"]',
    ),
)
"""The ladder of gaps, its first two steps in seconds."""


class Server:
    """Takes every mail."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str]] = []

    async def handle_DATA(  # noqa: N802 - as aiosmtpd calls it
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.mails.append((envelope.rcpt_tos[0], envelope.content.decode().replace("=\r\n", "")))
        return "250 OK"


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, int]]:
    taking, loop = Server(), asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(taking, loop=loop), "127.0.0.1", 0)
    yield taking, listening.sockets[0].getsockname()[1]
    listening.close()
    await listening.wait_closed()


@contextmanager
def in_place_of_alerts(stack: Stack, **told: str) -> Iterator[None]:
    """Run alerts with other settings than the stack's; afterwards the stack's again."""
    process = next(one for one in PROCESSES if one.name == "alerts")
    own = environment(process, stack.places, stack.ports, stack.database, stack.broker)
    stack.stop("alerts")
    running = subprocess.Popen(
        [sys.executable, "-m", "services.alerts"],
        cwd=PROJECT,
        env={**os.environ, **own, **told},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(15)
        stack.start("alerts")
        stack.await_ready("alerts")


async def until(done: Callable[[], Awaitable[bool]], within: float = 60) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(within):
        while not await done():
            await asyncio.sleep(0.3)


def detention(tag: str) -> dict[str, Any]:
    """A detention two days ago after which nothing was done."""
    return {
        "specversion": "1.0", "source": "/norfolk-police/custody", "id": f"det-{tag}",
        "type": "police.child-detained.v1", "time": stamp(clock.now() - timedelta(hours=48)),
        "data": {
            "child": {
                "local_id": f"local-{tag}", "given_name": "Quillon", "family_name": "Marrowby",
                "date_of_birth": "2011-05-06", "sex": "M", "postcode": "ZZ99 3VZ",
            },
            "custody_ref": f"CUS-{tag}",
            "practitioner": {"ref": f"PC-{tag}", "role": "custody-officer", "unit": "custody"},
        },
    }  # fmt: skip


def word(kind: str, tag: str, gap: dict[str, Any], **more: str) -> dict[str, Any]:
    return {
        "specversion": "1.0", "source": "/norfolk-police/pages", "id": f"{kind}-{tag}",
        "type": f"alert.{kind}.v1", "time": stamp(clock.now()),
        "data": {
            "child": {"child_ref": gap["child_ref"]}, "gap_ids": [gap["gap_id"]],
            "practitioner": {"ref": "PS-1", "role": "supervisor", "unit": "custody"}, **more,
        },
    }  # fmt: skip


async def test_an_alert_climbs_until_a_supervisor_answers_and_its_mails_name_no_child(
    stack: Stack, agencies: Agencies, server: tuple[Server, int], tmp_path: Path
) -> None:
    taking, port = server
    text = (PROJECT / "schemas" / "policy" / "alerts.toml").read_text()
    for slow, quick in QUICK:
        text = text.replace(slow, quick, 1)
    (tmp_path / "alerts.toml").write_text(text)
    assert len(read_toml(tmp_path / "alerts.toml")["ladders"]["gap"][0]["steps"]) == 4
    tag = clock.new_ref()[:12]
    told = {
        "RW_ALERT_POLICY": str(tmp_path / "alerts.toml"), "RW_SMTP_HOST": "127.0.0.1",
        "RW_SMTP_PORT": str(port), "RW_SMTP_TLS": "none",
    }  # fmt: skip
    with in_place_of_alerts(stack, **told):
        sent = detention(tag)
        assert (await agencies.post(sent)).status_code == 202
        await agencies.settled()
        (gap,) = await agencies.gaps(rule=RULE, event=f"{sent['source']}|{sent['id']}")

        async def alert() -> dict[str, Any] | None:
            query = {"child_ref": gap["child_ref"], "rule": RULE, "state": "any"}
            try:
                answer = await agencies.get(
                    "/api/v1/alerts", "police-supervisor", of="alerts", **query
                )
            except httpx.TransportError:
                return None
            items: list[dict[str, Any]] = answer.json()["items"] if answer.is_success else []
            return items[0] if items else None

        async def stands(state: str, step: int = 0) -> bool:
            found = await alert()
            return found is not None and found["state"] == state and found["step"] >= step

        await until(lambda: stands("new", 1))
        await until(lambda: mailed(taking, DUTY))
        await until(lambda: mailed(taking, SUPERVISOR))
        await say(agencies, word("acknowledged", tag, gap))
        await until(lambda: stands("acknowledged"))
        await say(agencies, word("resolved", tag, gap, reason="done-elsewhere", note="By phone."))
        await until(lambda: stands("resolved"))
        found = await alert()
        assert found is not None
        path = f"/api/v1/alerts/{found['alert_id']}"
        whole = (await agencies.get(path, "police-supervisor", of="alerts")).json()
    lived = [(one["state"], one["step"], one["reason"]) for one in whole["history"]]
    assert lived == [
        ("new", 1, None), ("new", 2, None), ("acknowledged", 0, None),
        ("resolved", 0, "done-elsewhere"),
    ]  # fmt: skip
    assert {one["outcome"] for one in whole["told"]} == {"sent"}
    mails = "\n".join(mail for _, mail in taking.mails)
    assert found["alert_id"] in mails
    for secret in (
        tag, "Quillon", "Marrowby", "2011-05-06", "ZZ99", gap["child_ref"], gap["gap_id"],
        "By phone",
    ):  # fmt: skip
        assert secret not in mails


async def mailed(taking: Server, address: str) -> bool:
    return address in {to for to, _ in taking.mails}


async def say(agencies: Agencies, event: dict[str, Any]) -> None:
    """Send what the supervisor says on a page."""
    answer = await agencies._client.post(  # noqa: SLF001 - as another persona than the agency's own
        f"{agencies.endpoints['intake']}/v1/events",
        json=event,
        headers=agencies.bearer("police-supervisor")
        | {"Content-Type": "application/cloudevents+json"},
    )
    assert answer.status_code == 202, answer.text
