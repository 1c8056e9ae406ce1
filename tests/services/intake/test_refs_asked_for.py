"""Refs that we have minted have one form; whatever else is asked for is not there."""

from urllib.parse import quote

import asyncpg
import pytest
from fastapi import FastAPI

from services.runtime import problems
from tests.services.intake.sending import Sender

UNLIKE = [
    "%00",
    "0" * 31 + "%00",
    "0" * 33,
    "A" * 32,
    quote("\N{FULLWIDTH DIGIT ZERO}" * 32),
    "x",
    "0" * 32 + "%0A",
]


@pytest.mark.parametrize("ref", UNLIKE)
@pytest.mark.parametrize(
    "path",
    [
        "/v1/receipts/{}",
        "/v1/imports/{}",
        "/v1/imports/{}/rows",
        "/v1/children/{}/identity?purpose=safeguarding",
        "/v1/events/{}/text?purpose=safeguarding",
    ],
)
async def test_what_is_no_ref_of_ours_is_not_found(police: Sender, path: str, ref: str) -> None:
    answer = await police.get(path.format(ref))
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("ref", UNLIKE)
async def test_in_a_list_of_receipts_it_is_a_fault(police: Sender, ref: str) -> None:
    answer = await police.get(f"/v1/receipts?receipts={'0' * 32},{ref}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/receipts"


async def test_who_asks_is_looked_at_first(police: Sender) -> None:
    assert (await police.http.get("/v1/receipts/%00")).status_code == 401


async def test_text_that_the_database_cannot_hold_is_the_senders_fault(
    police: Sender, app: FastAPI
) -> None:
    @app.get("/spoilt")
    async def spoilt() -> None:
        raise asyncpg.CharacterNotInRepertoireError("invalid byte sequence")

    problems.install(app)
    answer = await police.get("/spoilt")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
