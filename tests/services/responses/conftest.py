"""The responses, served in this process over a Postgres of a test, with measures that are faked."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from deploy.embedded.tokens import acting_key
from services.domain.moments import london_day
from services.responses.api import create_app
from services.responses.catalogue import Catalogue
from services.responses.desk import Desk
from services.responses.measures import Measures
from services.responses.settings import Settings
from services.runtime import clock
from services.runtime.contracts import Contracts
from tests.services import served
from tests.services.conftest import Dsn, Pool, pool_of
from tests.services.responses.measuring import Dashboards
from tests.services.served import Bearers

Ask = served.Ask
TODAY = london_day(clock.now()).isoformat()
LATELY = (london_day(clock.now()) - timedelta(days=30)).isoformat()

INSPECTION: dict[str, Any] = {
    "title": "Multi-agency responses to serious youth violence",
    "inspectorates": ["Ofsted", "HMICFRS"], "published_on": "2024-11-20",
    "stated_deadline_on": "2025-01-15", "forces": ["All local forces"],
    "link": "https://www.example.org/report",
    "items": [
        {"kind": "recommendation", "text": "Train everybody.", "lesson": None},
        {"kind": "lesson", "text": "Referrals come late.", "lesson": 1},
    ],
}  # fmt: skip


@pytest.fixture
async def pool(dsn: Dsn) -> AsyncIterator[Pool]:
    async with pool_of(dsn("responses")) as pool:
        yield pool


@pytest.fixture
def dashboards() -> Dashboards:
    return Dashboards()


@pytest.fixture
def desk(client: httpx.AsyncClient) -> Desk:
    transport = client._transport  # noqa: SLF001 - the application that is asked
    assert isinstance(transport, httpx.ASGITransport)
    found: Desk = transport.app.state.desk  # type: ignore[attr-defined]  # a FastAPI of ours
    return found


@pytest.fixture
def catalogue(contracts: Contracts) -> Catalogue:
    return Catalogue.load(contracts)


@pytest.fixture
async def client(
    pool: Pool, contracts: Contracts, tmp_path: Path, bearers: Bearers, dashboards: Dashboards
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service; `bearers` has made the keys that it checks by."""
    assert bearers
    key = tmp_path / "responses.jwk"
    acting_key(key, tmp_path / "jwks.json", "responses")
    settings = Settings(
        postgres_dsn=SecretStr("unused"), kafka_bootstrap="unused",
        jwks_file=tmp_path / "jwks.json", measures_url="http://dashboards", acting_key_file=key,
    )  # fmt: skip
    app = create_app(settings, contracts, Measures(settings, dashboards))
    app.state.desk.pool = pool
    async with served.client_of(app, "responses") as client:
        yield client


@pytest.fixture
def ask(client: httpx.AsyncClient, bearers: Bearers) -> Ask:
    return served.asking(client, bearers)


@pytest.fixture
def enter(client: httpx.AsyncClient, bearers: Bearers) -> Ask:
    """Enter an inspection as a persona, with some things changed."""

    async def entered(persona: str | None = "pcc-editor", **changed: Any) -> httpx.Response:  # noqa: ANN401 - JSON
        body = {**INSPECTION, **changed}
        return await client.post("/api/v1/inspections", json=body, headers=bearers[persona])

    return entered


@pytest.fixture
def step(client: httpx.AsyncClient, bearers: Bearers) -> Ask:
    """Take a step of a response."""

    async def taken(
        response_id: str,
        kind: str,
        persona: str | None = "pcc-editor",
        **more: Any,  # noqa: ANN401 - JSON
    ) -> httpx.Response:
        path = f"/api/v1/responses/{response_id}/steps"
        body = {"kind": kind, **more}
        return await client.post(path, json=body, headers=bearers[persona])

    return taken


@pytest.fixture
async def opened(enter: Ask, step: Ask) -> str:
    """A response whose chief officer has been invited."""
    response_id: str = (await enter()).json()["id"]
    answer = await step(
        response_id, "invite-chief-officer", on=LATELY, comments_by=TODAY, means="letter"
    )
    assert answer.status_code == 200, answer.text
    return response_id


@pytest.fixture
async def signed(opened: str, step: Ask) -> str:
    """A response that has been signed off, with a figure in it."""
    for kind, persona, more in (
        ("chief-officer-comments", "pcc-editor", {"on": TODAY, "text": "We agree."}),
        ("comment", "pcc-editor", {"on": "opening", "text": "I have read it."}),
        ("comment", "pcc-editor", {"on": "item-1", "text": "We train everybody by May."}),
        ("insert-figure", "pcc-editor", {"item": "item-2", "from": "2025-01", "to": "2025-12",
            "measure": "referral.in-time-after-custody", "by": "unit",
            "agency": "norfolk-police"}),
        ("set-action", "pcc-editor", {"item": "item-2", "text": "Refer from custody."}),
        ("submit", "pcc-editor", {}),
        ("sign-off", "pcc-approver", {}),
    ):  # fmt: skip
        answer = await step(opened, kind, persona, **more)
        assert answer.status_code == 200, (kind, answer.text)
    return opened


@pytest.fixture
async def published(signed: str, step: Ask) -> str:
    """A response that has been published."""
    for one in ("chief-officer", "panel", "inspectorate", "secretary-of-state", "published"):
        answer = await step(signed, "done", id=one, on=TODAY, reference=f"ref {one}")
        assert answer.status_code == 200, answer.text
    return signed
