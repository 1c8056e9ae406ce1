"""The desks, asked as a browser without scripts would, over something of every agency."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from lxml import html

from tests.access.conftest import (
    clients,
    contracts,
    dsn,
    keys,
    objects,
    postgres_port,
    schemas,
    template,
)
from tests.access.people import token
from tests.access.world import World
from tests.services.conftest import Dsn, Pool, pool_of

__all__ = [
    "clients", "contracts", "dsn", "keys", "objects", "postgres_port", "schemas", "template",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the dashboards' pages."""

    http: httpx.AsyncClient
    token: str

    async def get(self, path: str, **query: str) -> httpx.Response:
        return await self.http.get(path, params=query, headers=self._headers)

    async def post(self, path: str, **form: Any) -> httpx.Response:  # noqa: ANN401 - a form's fields
        return await self.http.post(path, data=form, headers=self._headers)

    async def upload(self, path: str, file: tuple[str, bytes], **form: str) -> httpx.Response:
        return await self.http.post(path, data=form, files={"file": file}, headers=self._headers)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept": "text/html"}


Sign = Callable[..., Person]


@pytest.fixture
def sign(clients: Mapping[str, httpx.AsyncClient], objects: World) -> Sign:
    """Sign somebody in; by another name than the agency's where one is said."""
    assert objects

    def signed(agency: str, role: str = "agency", sub: str | None = None) -> Person:
        claims: dict[str, Any] = {} if sub is None else {"sub": sub}
        return Person(clients["dashboards"], token(agency, role, **claims))

    return signed


@pytest.fixture
async def vault(dsn: Dsn) -> AsyncIterator[Pool]:
    """Intake's own database."""
    async with pool_of(dsn("intake")) as pool:
        yield pool


async def sent(vault: Pool, kind: str) -> list[dict[str, Any]]:
    """What has gone out of a kind of event, oldest first; it holds no text of anybody's."""
    rows = await vault.fetch("SELECT value FROM outbox ORDER BY seq")
    found = [json.loads(row["value"]) for row in rows]
    return [one for one in found if one.get("type") == kind]


def main(answer: httpx.Response) -> str:
    """The words of a page's main part."""
    return " ".join(html.fromstring(answer.text).xpath("string(//main)").split())


def hidden(answer: httpx.Response, action: str) -> dict[str, str]:
    """What a form of a page sends without being asked."""
    (form, *_) = html.fromstring(answer.text).xpath(f"//form[@action='{action}']")
    return {one.get("name"): one.get("value") for one in form.xpath(".//input[@type='hidden']")}
