"""Mail to a real SMTP server in this process: who is told, when, of what; nothing of a child."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.alerts.desk import Desk
from services.alerts.handlers import Keeper
from services.alerts.mailer import Mailer
from services.alerts.outbox import Outbox
from services.alerts.settings import Settings
from services.domain.contacts import Contacts
from services.runtime import clock
from tests.services.alerts.conftest import Ask, Say, Tell, owed, settle
from tests.services.conftest import Dsn, Pool, pool_of

DUTY, UNIT, HEAD, LAST = (f"{name}@police.example" for name in ("duty", "unit", "head", "last"))
URGENT = "timeliness.referral_not_made"
MINE: dict[str, Any] = {"agency": "norfolk-police", "visible_to": (), "unit": "custody"}


@dataclass
class Server:
    """Takes mail, and refuses whom it is told to, with a code."""

    port: int = 0
    refuses: dict[str, int] = field(default_factory=dict)
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd calls it
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if address in self.refuses:
            return f"{self.refuses[address]} no"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - as aiosmtpd calls it
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append((envelope.rcpt_tos[0], mail))
        return "250 OK"

    def to(self) -> list[str]:
        return [address for address, _ in self.mails]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    taking = Server()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(
        lambda: SMTP(taking, loop=loop, enable_SMTPUTF8=True), "127.0.0.1", 0
    )
    taking.port = listening.sockets[0].getsockname()[1]
    yield taking
    listening.close()
    await listening.wait_closed()


@pytest.fixture
def contacts(desk: Desk) -> Contacts:
    agencies = {
        "norfolk-police": {"duty": DUTY, "head": HEAD, "units": {"custody": {"duty": UNIT}}}
    }
    content = {"last": LAST, "agencies": agencies}
    return Contacts.parse(content, desk.registry, {"custody"})


@pytest.fixture
def outbox(desk: Desk, contacts: Contacts, server: Server) -> Outbox:
    settings = Settings.model_validate(
        {
            "postgres_dsn": "unused",
            "kafka_bootstrap": "unused",
            "smtp_host": "127.0.0.1",
            "smtp_port": server.port,
            "smtp_tls": "none",
            "mail_from": "watch@police.example",
        }
    )
    telling = replace(desk.telling, contacts=contacts)
    return Outbox(desk.pool, telling, "http://queue.example/alerts", Mailer(settings))


@pytest.fixture
def keeper(desk: Desk, outbox: Outbox) -> Keeper:
    return Keeper(desk.pool, outbox.telling, desk.registry)


async def deliver(outbox: Outbox) -> None:
    await outbox.gather()
    while await outbox.send():
        pass


async def release(pool: Pool) -> None:
    """Let the time pass for which notices and mails are held."""
    await pool.execute("UPDATE notice SET release_at = now() - interval '1 second'")
    await pool.execute("UPDATE mail SET next_at = now() - interval '1 second'")


async def test_a_new_alert_is_mailed_to_the_unit_without_anything_of_the_child(
    tell: Tell, keeper: Keeper, outbox: Outbox, server: Server, alerts_pool: Pool
) -> None:
    one = owed(rule=URGENT, child_ref="child-a", **MINE)
    await tell(one)
    await settle(keeper)
    await deliver(outbox)
    ((address, mail),) = server.mails
    assert (address, mail["To"]) == (UNIT, UNIT)
    assert mail["Subject"] == "Referral Watch: 1 alert needs an answer, 1 at once"
    assert {part.get_content_type() for part in mail.iter_parts()} == {"text/plain", "text/html"}
    alert_id = await alerts_pool.fetchval("SELECT alert_id::text FROM alert")
    whole = mail.as_string().replace("=\n", "")
    assert f"http://queue.example/alerts/{alert_id}" in whole
    assert "referral not made" in whole
    assert "Norfolk Constabulary" in whole
    for secret in ("child-a", one.gap_id, *one.anchor, str(one.referral_ref)):
        assert secret not in whole
    await deliver(outbox)
    assert len(server.mails) == 1


async def test_what_is_not_immediate_waits_and_goes_together(
    tell: Tell, keeper: Keeper, outbox: Outbox, server: Server, alerts_pool: Pool
) -> None:
    for child in ("child-a", "child-b", "child-c"):
        await tell(owed(child_ref=child, rule="oversight.not_reviewed", **MINE), child_ref=child)
        await settle(keeper)
    await deliver(outbox)
    assert server.mails == []
    await release(alerts_pool)
    await deliver(outbox)
    ((_, mail),) = server.mails
    assert mail["Subject"] == "Referral Watch: 3 alerts need an answer"


async def test_an_address_gets_so_many_mails_an_hour_but_immediate_ones_are_never_held(
    tell: Tell, keeper: Keeper, outbox: Outbox, server: Server, alerts_pool: Pool
) -> None:
    for number in range(1, 8):
        child = f"child-{number}"
        await tell(owed(child_ref=child, rule="oversight.not_reviewed", **MINE), child_ref=child)
        await settle(keeper)
        await release(alerts_pool)
        await deliver(outbox)
    assert len(server.mails) == 4
    await tell(owed(child_ref="child-x", rule=URGENT, **MINE), child_ref="child-x")
    await settle(keeper)
    await deliver(outbox)
    assert server.mails[-1][1]["Subject"] == "Referral Watch: 4 alerts need an answer, 1 at once"


async def test_what_somebody_answered_for_before_the_mail_went_is_not_mailed(  # noqa: PLR0913 - fixtures
    tell: Tell, say: Say, keeper: Keeper, outbox: Outbox, server: Server, alerts_pool: Pool
) -> None:
    one = owed(rule="oversight.not_reviewed", **MINE)
    await tell(one)
    await settle(keeper)
    await say("alert.taken-in-hand.v1", one, agency="norfolk-police")
    await settle(keeper)
    await release(alerts_pool)
    await deliver(outbox)
    assert server.mails == []
    assert await alerts_pool.fetchval("SELECT outcome FROM notice") == "overtaken"


async def test_an_address_that_refuses_falls_to_the_next_step_and_at_last_to_the_last(  # noqa: PLR0913 - fixtures
    tell: Tell, keeper: Keeper, outbox: Outbox, server: Server, alerts_pool: Pool, ask: Ask
) -> None:
    server.refuses = {UNIT: 550}
    await tell(owed(rule=URGENT, **MINE))
    await settle(keeper)
    await deliver(outbox)
    await deliver(outbox)
    assert server.to() == [HEAD]
    rows = await alerts_pool.fetch("SELECT recipient, outcome, fell FROM notice ORDER BY notice_id")
    assert [tuple(row) for row in rows] == [(UNIT, "refused", 0), (HEAD, "sent", 2)]
    assert "nobody before you" in server.mails[0][1].as_string()
    state = (await ask("administrator", "/api/v1/alerts/outbox")).json()
    assert [(one["recipient"], one["code"]) for one in state["refusing"]] == [(UNIT, "550")]
    server.refuses |= {HEAD: 550}
    await tell(owed(rule=URGENT, child_ref="child-b", **MINE), child_ref="child-b")
    await settle(keeper)
    await deliver(outbox)
    await deliver(outbox)
    assert server.to() == [HEAD, LAST]


async def test_the_last_address_is_tried_for_ever(
    tell: Tell, keeper: Keeper, outbox: Outbox, server: Server, alerts_pool: Pool
) -> None:
    server.refuses = {UNIT: 550, HEAD: 550, LAST: 550}
    await tell(owed(rule=URGENT, **MINE))
    await settle(keeper)
    for _ in range(12):
        await deliver(outbox)
        await release(alerts_pool)
    assert server.mails == []
    server.refuses = {}
    await deliver(outbox)
    assert server.to() == [LAST]


async def test_a_server_that_is_away_is_no_addresss_fault_and_nothing_is_lost(
    tell: Tell, keeper: Keeper, outbox: Outbox, server: Server, alerts_pool: Pool
) -> None:
    assert outbox.mailer is not None
    away = outbox.mailer.settings.model_copy(update={"smtp_port": 9})
    absent = replace(outbox, mailer=Mailer(away))
    await tell(owed(rule=URGENT, **MINE))
    await settle(keeper)
    for _ in range(12):
        await deliver(absent)
        await release(alerts_pool)
    assert await alerts_pool.fetchval("SELECT count(*) FROM refusing") == 0
    await deliver(outbox)
    assert server.to() == [UNIT]


async def test_who_dies_while_sending_leaves_the_mail_to_the_next(
    tell: Tell, keeper: Keeper, outbox: Outbox, server: Server, alerts_pool: Pool
) -> None:
    await tell(owed(rule=URGENT, **MINE))
    await settle(keeper)
    await outbox.gather()
    assert await alerts_pool.fetchval("UPDATE mail SET attempts = 1 RETURNING state") == "waiting"
    later = clock.now() + timedelta(seconds=60)
    await alerts_pool.execute("UPDATE mail SET next_at = $1", later)
    assert not await outbox.send()
    await release(alerts_pool)
    await deliver(outbox)
    await deliver(outbox)
    assert server.to() == [UNIT]


async def test_without_a_server_notices_wait_and_the_outbox_says_so(
    tell: Tell, keeper: Keeper, outbox: Outbox, ask: Ask, alerts_pool: Pool
) -> None:
    await tell(owed(rule=URGENT, **MINE))
    await settle(keeper)
    assert not await replace(outbox, mailer=None).send()
    state = (await ask("administrator", "/api/v1/alerts/outbox")).json()
    assert (state["mail"], state["notices"], state["mails"]) == ("off", {"waiting": 1}, {})
    assert await alerts_pool.fetchval("SELECT count(*) FROM mail") == 0


async def test_a_ladder_that_was_climbed_tells_everybody_on_it_once(
    dsn: Dsn, tell: Tell, keeper: Keeper, outbox: Outbox, server: Server
) -> None:
    await tell(owed(hours=24 * 20, rule=URGENT, **MINE))
    async with pool_of(dsn("ledger")) as ledger:
        await ledger.execute("UPDATE gap SET known_from = opens_at")
    await settle(keeper)
    await deliver(outbox)
    await settle(keeper)
    await deliver(outbox)
    assert sorted(server.to()) == sorted({UNIT, HEAD, LAST})
