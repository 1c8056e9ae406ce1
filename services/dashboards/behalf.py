"""How do pages ask intake and the directory, for who is signed in and as nobody else?

Every question carries a token of a minute that says who asks (`runtime.acting`): what they may not,
they may not here either. Other services of ours answer in JSON alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import httpx
import msgspec
from fastapi import HTTPException

from services.dashboards.settings import Settings
from services.runtime import clock
from services.runtime.acting import Acting
from services.runtime.auth import Caller
from services.runtime.guard import NotNow

AWAY: Final = "service-away"
SECONDS: Final = 20.0
SERVICE: Final = "dashboards"
SYSTEM: Final = "pages"
"""The system that events from pages come from: `/<agency>/pages`."""

_EVENT: Final = "application/cloudevents+json"
_PASSING: Final = frozenset({429, 500, 502, 503, 504})


class Refused(Exception):
    """What was asked was not done; `code` says why, `errors` where, as the service has said it."""

    def __init__(
        self, status: int, code: str, title: str, errors: Sequence[Mapping[str, Any]]
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.title = title
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered."""

    status: int
    content: Any
    body: bytes


@dataclass(frozen=True, slots=True)
class Behalf:
    """Asks other services of ours for people; `clients` by the services' names."""

    acting: Acting
    clients: Mapping[str, httpx.AsyncClient]

    async def ask(  # noqa: PLR0913 - what a question is made of; by name but for the first three
        self,
        caller: Caller,
        method: str,
        path: str,
        *,
        service: str = "intake",
        params: Mapping[str, str] | None = None,
        content: object = None,
        body: bytes | None = None,
        media: str = "application/json",
    ) -> Told:
        """Ask, and return what is answered. Raises Refused, and NotNow for what may pass."""
        if content is not None:
            body = msgspec.json.encode(content)
        headers = {"Authorization": f"Bearer {self.acting.token(caller)}"}
        if body is not None:
            headers["Content-Type"] = media
        try:
            answer = await self.clients[service].request(
                method, path, params=dict(params or {}), content=body, headers=headers
            )
        except httpx.HTTPError:
            raise NotNow(AWAY) from None
        if answer.status_code in _PASSING:
            raise NotNow(AWAY)
        if not answer.is_success:
            raise _refused(answer)
        return Told(answer.status_code, _json(answer), answer.content)

    async def read(
        self, caller: Caller, path: str, *, service: str = "intake", **params: str | None
    ) -> Any:  # noqa: ANN401 - JSON of another service
        """Return what is there to be read; what is refused is refused to who looks, too."""
        stated = {name: value for name, value in params.items() if value is not None}
        try:
            return (await self.ask(caller, "GET", path, service=service, params=stated)).content
        except Refused as refused:
            raise HTTPException(refused.status) from None

    async def say(
        self, caller: Caller, kind: str, data: Mapping[str, Any], event_id: str
    ) -> str | None:
        """Send an event in the person's own name; return its receipt, None if it was sent before.

        `data` is without the practitioner's ref, which is who is signed in. Raises Refused, NotNow.
        """
        event = self.event(caller, kind, data, event_id)
        try:
            told = await self.ask(caller, "POST", "/v1/events", content=event, media=_EVENT)
        except Refused as refused:
            if refused.code == "conflict":  # the same form once more, a moment later
                return None
            raise
        receipt: str = told.content["receipt"]
        return receipt

    def event(
        self, caller: Caller, kind: str, data: Mapping[str, Any], event_id: str
    ) -> dict[str, Any]:
        """Return the event by which a person says something now."""
        practitioner = {**data["practitioner"], "ref": caller.subject}
        return {
            "specversion": "1.0",
            "source": f"/{caller.agency}/{SYSTEM}",
            "id": event_id,
            "type": kind,
            "time": clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "data": {**data, "practitioner": practitioner},
        }

    async def close(self) -> None:
        """Close what was opened to ask by."""
        for client in self.clients.values():
            await client.aclose()


def behalf_of(settings: Settings) -> Behalf:
    """Return who asks for people, by what the environment must say (`Settings.load`)."""
    addresses = {"intake": settings.intake_url, "directory": settings.directory_url}
    assert settings.acting_key_file is not None  # noqa: S101 - the process asks for it
    return Behalf(
        Acting.load(settings.acting_key_file, SERVICE),
        {
            name: httpx.AsyncClient(base_url=url or "", timeout=SECONDS, trust_env=False)
            for name, url in addresses.items()
        },
    )


def _json(answer: httpx.Response) -> Any:  # noqa: ANN401 - JSON of another service
    if "json" not in answer.headers.get("content-type", ""):
        return None
    return answer.json()


def _refused(answer: httpx.Response) -> Refused:
    try:
        said = answer.json()
    except ValueError:
        said = {}
    title = str(said.get("title") or HTTPStatus(answer.status_code).phrase)
    return Refused(answer.status_code, str(said.get("code", "")), title, said.get("errors", ()))
