"""Do refusals say what is wrong without repeating what was sent, at any size?"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI, Request
from httpx import ASGITransport, AsyncClient, Response
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from services.runtime import access, metrics, problems
from services.runtime.auth import Forbidden, Unauthorised
from services.runtime.guard import NotNow

MARKER = "Jane Marker"
LIMIT = 100


class Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    count: int


ERRORS: dict[str, Exception] = {
    "refused": ConnectionRefusedError(MARKER),
    "broker": NotNow("KafkaError"),
    "closed": asyncpg.InterfaceError("connection is closed"),
    "misused": asyncpg.InterfaceError(f"expects 2 arguments {MARKER}"),
    "bug": ValueError(MARKER),
    "gone": HTTPException(410, MARKER),
    "stranger": Unauthorised("expired"),
    "known": Forbidden(MARKER),
}


def application() -> FastAPI:
    app = FastAPI()
    problems.install(app)
    app.add_middleware(problems.BodyLimit, limit=lambda _: LIMIT)
    access.install(app, "trial")

    @app.post("/count")
    async def count(body: Body) -> int:
        return body.count

    @app.post("/bytes")
    async def take(request: Request) -> int:
        return len(await request.body())

    @app.get("/fail/{how}")
    async def fail(how: str) -> None:
        raise ERRORS[how]

    return app


async def send(method: str, path: str, **options: Any) -> Response:  # noqa: ANN401
    transport = ASGITransport(application(), raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://t") as client:
        answer = await client.request(method, path, **options)
    assert MARKER not in answer.text
    return answer


async def in_pieces(count: int, size: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        await asyncio.sleep(0)
        yield b"x" * size


@pytest.mark.parametrize("body", [{"count": MARKER}, {"count": 1, MARKER: 2}, {}, [MARKER]])
async def test_an_invalid_body_is_pointed_at_and_not_repeated(body: object) -> None:
    answer = await send("POST", "/count", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    for error in answer.json()["errors"]:
        assert set(error) == {"pointer", "code"}
        assert error["pointer"].startswith("/body")


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("refused", 503, "unavailable"),
        ("broker", 503, "unavailable"),
        ("closed", 503, "unavailable"),
        ("misused", 500, "internal"),
        ("bug", 500, "internal"),
        ("gone", 410, "gone"),
        ("stranger", 401, "expired"),
        ("known", 403, "forbidden"),
    ],
)
async def test_a_failure_has_its_status_and_code_and_no_text(
    how: str, status: int, code: str
) -> None:
    answer = await send("GET", f"/fail/{how}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ("retry-after" in answer.headers) == (status == 503)


async def test_what_is_not_there_is_a_problem_too() -> None:
    answer = await send("GET", "/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_a_body_of_exactly_the_limit_is_taken() -> None:
    assert (await send("POST", "/bytes", content=b"x" * LIMIT)).json() == LIMIT


async def test_a_body_that_says_it_is_too_large_is_refused() -> None:
    answer = await send("POST", "/bytes", content=b"x" * (LIMIT + 1))
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")


async def test_a_body_that_does_not_say_its_length_is_refused_as_soon_as_it_is_too_large() -> None:
    assert (await send("POST", "/bytes", content=in_pieces(2, LIMIT // 2))).json() == LIMIT
    assert (await send("POST", "/bytes", content=in_pieces(3, LIMIT // 2))).status_code == 413
    assert (await send("POST", "/count", content=in_pieces(3, LIMIT // 2))).status_code == 413


async def test_requests_are_counted_by_the_template_of_their_route() -> None:
    def counted(route: str, status: int) -> float:
        [family] = metrics.HTTP_SECONDS.collect()
        wanted = {"service": "trial", "route": route, "method": "GET", "status": str(status)}
        return sum(
            s.value for s in family.samples if s.name.endswith("_count") and s.labels == wanted
        )

    before = counted("/fail/{how}", 410), counted("unmatched", 404)
    await send("GET", "/fail/gone")
    await send("GET", f"/nowhere/{MARKER}")
    assert (counted("/fail/{how}", 410), counted("unmatched", 404)) == (
        before[0] + 1,
        before[1] + 1,
    )


async def test_a_service_that_sets_no_limit_of_its_own_has_one() -> None:
    app = FastAPI()

    @app.post("/bytes")
    async def take(request: Request) -> int:
        return len(await request.body())

    problems.install(app)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://t") as client:
        for size, status in ((problems.ORDINARY_BODY, 200), (problems.ORDINARY_BODY + 1, 413)):
            assert (await client.post("/bytes", content=b"x" * size)).status_code == status
