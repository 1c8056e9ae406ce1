"""Webhooks are registered, looked at and mended by the agency whose they are, by nobody else."""

import base64
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.feedback.handlers import follow
from services.intake.webhook_url import url_fault
from services.ledger.handlers import keep
from services.runtime import clock
from services.runtime.sealing import Sealer
from tests.gaps import gap, verdict
from tests.services.conftest import Dsn, Pool, pool_of
from tests.services.intake.conftest import MASTER_KEY, Senders
from tests.services.intake.sending import Sender

URL = "https://receiver.example/hook"
PATH = "/v1/webhooks"
Json = dict[str, Any]


async def ask(sender: Sender, method: str, path: str = PATH, **more: Any) -> httpx.Response:  # noqa: ANN401 - as httpx takes it
    headers = {"Authorization": f"Bearer {sender.token}"}
    return await sender.http.request(method, path, headers=headers, **more)


async def put(sender: Sender, url: str = URL, **more: Any) -> Json:  # noqa: ANN401 - any JSON
    answer = await ask(sender, "PUT", json={"url": url, **more})
    assert answer.status_code in (200, 201), answer.text
    made: Json = answer.json()
    return made


async def told(dsn: Dsn, count: int) -> None:
    """Let the police be told of some gaps."""
    async with pool_of(dsn("ledger")) as ledger, pool_of(dsn("feedback")) as feedback:
        await keep(ledger, [], [verdict(*(gap(number + 1) for number in range(count)))])
        await follow(feedback, clock.now(), timedelta())


async def test_a_secret_is_told_once_and_kept_sealed(police: Sender, intake_pool: Pool) -> None:
    made = await put(police)
    secret = base64.b64decode(made["secret"].removeprefix("whsec_"))
    assert len(secret) == 32
    again = await put(police)
    assert (again["id"], "secret" in again) == (made["id"], False)
    assert "secret" not in (await ask(police, "GET", f"{PATH}/{made['id']}")).json()
    kept = await intake_pool.fetchval("SELECT secret FROM feedback.webhook")
    assert secret not in kept
    assert Sealer([MASTER_KEY]).open(kept, made["id"]) == secret


async def test_it_begins_where_the_feed_ends(police: Sender, intake_pool: Pool, dsn: Dsn) -> None:
    await told(dsn, 2)
    await put(police)
    after = await intake_pool.fetchval("SELECT after FROM feedback.webhook")
    assert after == await intake_pool.fetchval("SELECT last FROM feedback.feed_end") > 0


async def test_it_is_paused_and_resumed_by_saying_so(police: Sender) -> None:
    assert (await put(police))["paused"] is None
    assert (await put(police, paused=True))["paused"] == "asked"
    assert (await put(police, paused=True))["paused"] == "asked"
    assert (await put(police, paused=False))["paused"] is None


async def test_another_agencys_webhook_is_not_there(
    police: Sender, school: Sender, senders: Senders
) -> None:
    made = await put(police)
    calls = [
        ("GET", ""), ("DELETE", ""), ("POST", "/ping"), ("POST", "/secret"), ("POST", "/replay"),
        ("GET", "/undelivered"), ("POST", "/redrive"),
    ]  # fmt: skip
    for method, tail in calls:
        answer = await ask(school, method, f"{PATH}/{made['id']}{tail}")
        assert answer.status_code == 404, (method, tail)
        assert (await ask(school, method, f"{PATH}/nothing{tail}")).status_code == 404
        supervisor = senders("norfolk-police", "police-supervisor")
        assert (await ask(supervisor, method, f"{PATH}/{made['id']}{tail}")).status_code == 403
    assert (await ask(school, "GET")).json() == {"items": []}
    assert len((await ask(police, "GET")).json()["items"]) == 1


async def test_a_deleted_webhook_is_gone(police: Sender) -> None:
    made = await put(police)
    assert (await ask(police, "DELETE", f"{PATH}/{made['id']}")).status_code == 204
    assert (await ask(police, "GET", f"{PATH}/{made['id']}")).status_code == 404
    assert (await put(police))["id"] != made["id"]


async def test_an_agency_may_have_ten(police: Sender, school: Sender) -> None:
    for number in range(10):
        await put(police, f"{URL}/{number}")
    answer = await ask(police, "PUT", json={"url": URL})
    assert (answer.status_code, answer.json()["code"]) == (409, "too-many-webhooks")
    await put(police, f"{URL}/3", paused=True)
    await put(school)


async def test_a_secret_is_changed_with_an_overlap(police: Sender, intake_pool: Pool) -> None:
    made = await put(police)
    changed = (await ask(police, "POST", f"{PATH}/{made['id']}/secret")).json()
    row = await intake_pool.fetchrow("SELECT * FROM feedback.webhook")
    assert row is not None
    opened = [Sealer([MASTER_KEY]).open(row[name], made["id"]) for name in ("old_secret", "secret")]
    told = [one.removeprefix("whsec_") for one in (made["secret"], changed["secret"])]
    assert opened == [base64.b64decode(one) for one in told]
    assert row["old_until"] - clock.now() > timedelta(hours=23)


async def test_a_ping_is_asked_for(police: Sender) -> None:
    made = await put(police)
    assert (await ask(police, "POST", f"{PATH}/{made['id']}/ping")).status_code == 202
    assert (await ask(police, "GET", f"{PATH}/{made['id']}")).json()["ping_waits"]


async def test_it_is_replayed_from_a_place_of_the_feed(
    police: Sender, intake_pool: Pool, dsn: Dsn
) -> None:
    await told(dsn, 3)
    made = await put(police)
    page = (await police.get("/v1/feed", params={"limit": "1"})).json()
    path = f"{PATH}/{made['id']}/replay"
    assert (await ask(police, "POST", path, json={"after": page["next"]})).status_code == 202
    first = await intake_pool.fetchval("SELECT after FROM feedback.webhook")
    assert (await ask(police, "POST", path)).status_code == 202
    assert await intake_pool.fetchval("SELECT after FROM feedback.webhook") == 0 < first
    assert (await ask(police, "POST", path, json={"after": "x"})).status_code == 422
    gone = "WyIwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCIsMF0"
    assert (await ask(police, "POST", path, json={"after": gone})).status_code == 410


async def test_what_was_given_up_is_listed_and_tried_once_more(
    police: Sender, dsn: Dsn, intake_pool: Pool
) -> None:
    await told(dsn, 2)
    made = await put(police)
    async with pool_of(dsn("feedback")) as feedback:
        await feedback.execute(
            """INSERT INTO undelivered (webhook_id, seq, tries, outcome, died_at)
               SELECT $1, seq, 14, 'http-500', now() FROM entry WHERE agency = 'norfolk-police'""",
            made["id"],
        )
    path = f"{PATH}/{made['id']}"
    items = (await ask(police, "GET", f"{path}/undelivered")).json()["items"]
    assert [(item["tries"], item["outcome"]) for item in items] == [(14, "http-500")] * 2
    assert (await ask(police, "GET", path)).json()["undelivered"] == 2
    one = await ask(police, "POST", f"{path}/redrive", json={"ids": [items[0]["id"]]})
    assert (one.status_code, one.json()) == (202, {"asked": 1})
    after = (await ask(police, "GET", f"{path}/undelivered")).json()["items"]
    assert [item["tried_again"] for item in after] == [True, False]
    assert (await ask(police, "POST", f"{path}/redrive")).json() == {"asked": 2}
    assert (await ask(police, "DELETE", path)).status_code == 204
    assert await intake_pool.fetchval("SELECT count(*) FROM feedback.undelivered_entry") == 0


@pytest.mark.parametrize(
    ("body", "status", "errors"),
    [
        (b"{", 400, None),
        (b"", 422, [{"pointer": "/body/url", "code": "missing"}]),
        (b"[]", 422, None),
        (b'{"url": 7, "paused": "yes"}', 422, None),
        (b'{"url": "https://a.example", "x": 1}', 422, None),
        (b'{"url": "https://a.example/\\u0000"}', 422, None),
        (b'{"url": "http://a.example"}', 422, [{"pointer": "/body/url", "code": "not-https"}]),
    ],
)
async def test_a_body_that_is_not_right_is_refused_by_every_fault(
    police: Sender, body: bytes, status: int, errors: list[Json] | None
) -> None:
    answer = await ask(police, "PUT", content=body)
    assert answer.status_code == status, answer.text
    if errors is not None:
        assert answer.json()["errors"] == errors
    if b"7" in body:
        assert len(answer.json()["errors"]) == 2


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://receiver.example/hook?key=1", None),
        ("https://receiver.example:8443", None),
        ("https://1.1.1.1/", None),
        ("http://receiver.example", "not-https"),
        ("ftp://receiver.example", "not-https"),
        ("https://user:word@receiver.example", "not-plain"),
        ("https://receiver.example/#part", "not-plain"),
        ("https://", "not-a-url"),
        ("https://receiver.example:0", "not-a-url"),
        ("https://receiver.example:99999", "not-a-url"),
        ("https://[::1", "not-a-url"),
        ("https://receiver.example/ü", "not-a-url"),
        ("https://receiver.example/a b", "not-a-url"),
        ("https://127.0.0.1/", "not-public"),
        ("https://[::1]/", "not-public"),
        ("https://169.254.169.254/latest", "not-public"),
        ("https://2130706433/", "not-public"),
        ("https://localhost/", "not-public"),
    ],
)
def test_an_address_must_be_one_that_can_be_called_from_outside(
    url: str, fault: str | None
) -> None:
    assert url_fault(url, private=False) == fault


def test_in_a_demo_an_address_may_be_inside() -> None:
    assert url_fault("http://127.0.0.1:9/hook", private=True) is None


async def test_nobody_is_let_in_without_a_token(app: FastAPI, http: httpx.AsyncClient) -> None:
    assert not app.state.desk.private_receivers
    assert (await http.put(PATH, json={"url": URL})).status_code == 401
