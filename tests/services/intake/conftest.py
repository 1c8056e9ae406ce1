"""Intake's API over a real database, asked as agencies ask it."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from services.intake.api import create_app
from services.intake.settings import Settings
from services.runtime import access, clock, problems
from services.runtime.audit import PURPOSES
from services.runtime.contracts import Contracts
from tests.services.conftest import Dsn, Pool
from tests.services.intake.sending import Sender

ROOT = Path(__file__).resolve().parents[3]
MASTER_KEY = bytes(range(32))
Senders = Callable[..., Sender]
KEY = ECKey.generate_key("P-256", {"kid": "test"})


@pytest.fixture
def settings(dsn: Dsn, tmp_path: Path) -> Settings:
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps(KeySet([KEY]).as_dict(private=False)))
    master = tmp_path / "master"
    master.write_bytes(base64.b64encode(MASTER_KEY))
    return Settings.model_validate(
        {
            "postgres_dsn": dsn("intake"),
            "kafka_bootstrap": "127.0.0.1:9",
            "jwks_file": jwks,
            "master_key_file": master,
            "sealing_key_file": master,
        }
    )


@pytest.fixture
async def app(
    settings: Settings, contracts: Contracts, intake_pool: Pool, intake_readers: Pool
) -> FastAPI:
    app = create_app(settings, contracts)
    problems.install(app)
    access.install(app, "intake")
    await app.state.desk.open(intake_pool, intake_readers)
    return app


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        yield client


@pytest.fixture
def senders(http: httpx.AsyncClient) -> Senders:
    """Make a sender for an agency, with the role `agency` or another."""

    def sender(agency: str, role: str = "agency", **claims: object) -> Sender:
        return Sender(http, agency, token(agency, role, **claims))

    return sender


@pytest.fixture
def police(senders: Senders) -> Sender:
    return senders("norfolk-police")


@pytest.fixture
def school(senders: Senders) -> Sender:
    return senders("norfolk-school")


@pytest.fixture
def social_care(senders: Senders) -> Sender:
    return senders("norfolk-csc")


def token(agency: str, role: str, **more: object) -> str:
    now = int(clock.now().timestamp())
    claims: dict[str, Any] = {
        "iss": "referral-watch",
        "aud": "referral-watch",
        "sub": f"{agency}-{role}",
        "agency": agency,
        "role": role,
        "purposes": list(PURPOSES),
        "iat": now,
        "exp": now + 3600,
        **more,
    }
    return jwt.encode({"alg": "ES256", "kid": "test"}, claims, KEY, algorithms=["ES256"])
