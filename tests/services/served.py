"""A service in this process, asked over HTTP as the personas of the demo ask it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from fastapi import FastAPI

from deploy.embedded.tokens import PERSONAS, mint, signing_key
from services.runtime import clock, problems

Ask = Callable[..., Awaitable[httpx.Response]]
Bearers = Mapping[str | None, Mapping[str, str]]
"""What each persona says of itself, as a header; None says nothing."""


def bearers_in(folder: Path) -> Bearers:
    """Make the key by which services know the personas, `jwks.json`, and what each says."""
    key = signing_key(folder / "private.json", folder / "jwks.json")
    said: dict[str | None, Mapping[str, str]] = {None: {}}
    for persona in PERSONAS:
        said[persona] = {"Authorization": f"Bearer {mint(key, persona, clock.now())}"}
    return said


@asynccontextmanager
async def client_of(app: FastAPI, service: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of a service, whose failures are answered as they are in its process."""
    problems.install(app)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{service}") as client:
        yield client


def asking(client: httpx.AsyncClient, bearers: Bearers, usual: str = "/") -> Ask:
    """Ask as a persona, with parameters by name; `usual` is the path that nobody has to say."""

    async def asked(
        persona: str | None, path: str = usual, *, accept: str = "*/*", **query: str
    ) -> httpx.Response:
        headers = {"Accept": accept, **bearers[persona]}
        return await client.get(path, params=query, headers=headers)

    return asked
