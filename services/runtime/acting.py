"""How does a service of ours ask another on behalf of somebody who is signed in to it?

By a token that says who they are, signed by the service's own key, good for a minute, and marked as
such (`act`, RFC 8693): docs/decisions/acting-for-people.md says what it can do and what it cannot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Self

import httpx
import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey

from services.runtime import clock
from services.runtime.auth import ALGORITHMS, AUDIENCE, ISSUER, Caller
from services.runtime.guard import NotNow

SECONDS: Final = 60
"""How long a token lasts: longer than one question takes, and no longer than that needs."""
_PASSING: Final = frozenset({429, 500, 502, 503, 504})


class Acting:
    """Signs for people who are signed in, and for nobody else."""

    def __init__(self, key: ECKey, service: str) -> None:
        self._key = key
        self._service = service

    @classmethod
    def load(cls, file: Path, service: str) -> Self:
        """Read the service's private key; its public half stands, marked, among all keys."""
        return cls(ECKey.import_key(msgspec.json.decode(file.read_bytes())), service)

    def token(self, caller: Caller) -> str:
        """Return a token by which a caller is known for a minute, with no more rights than here."""
        now = int(clock.now().timestamp())
        claims: dict[str, object] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": caller.subject,
            "agency": caller.agency,
            "role": caller.role,
            "act": {"sub": self._service},
            "iat": now,
            "exp": now + SECONDS,
        }
        narrowed = {"areas": caller.areas, "purposes": caller.purposes}
        claims |= {name: list(said) for name, said in narrowed.items() if said is not None}
        header = {"alg": ALGORITHMS[0], "kid": self._key.kid}
        return jwt.encode(header, claims, self._key, algorithms=ALGORITHMS)


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
    """What was answered; `content` is the body's JSON, None where it is none."""

    status: int
    content: Any
    body: bytes


class Others:
    """Asks other services of ours for people; `clients` by the services' names.

    Without a key, or without a client, the service that is asked is away.
    """

    def __init__(self, acting: Acting | None, clients: Mapping[str, httpx.AsyncClient]) -> None:
        self._acting = acting
        self._clients = clients

    @classmethod
    def told(
        cls,
        key: Path | None,
        service: str,
        urls: Mapping[str, str | None],
        seconds: float,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> Self:
        """Ask as `service`, by its private key, at the addresses that the environment has told.

        An answer is waited for so many `seconds`; `transport` stands in for the network in tests.
        """
        acting = None if key is None else Acting.load(key, service)
        clients = {
            name: httpx.AsyncClient(
                base_url=url, timeout=seconds, trust_env=False, transport=transport
            )
            for name, url in urls.items()
            if url is not None
        }
        return cls(acting, clients)

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
        """Ask, and return what is answered; `content` is sent as JSON, `body` as it is.

        Raises Refused, and NotNow for what may pass.
        """
        client = self._clients.get(service)
        if self._acting is None or client is None:
            raise NotNow(f"{service}-away")
        headers = {"Authorization": f"Bearer {self._acting.token(caller)}"}
        if content is not None:
            body = msgspec.json.encode(content)
        if body is not None:
            headers["Content-Type"] = media
        try:
            answer = await client.request(
                method, path, params=dict(params or {}), content=body, headers=headers
            )
        except httpx.HTTPError:
            raise NotNow(f"{service}-away") from None
        if answer.status_code in _PASSING:
            raise NotNow(f"{service}-away")
        if not answer.is_success:
            raise _refused(answer)
        return Told(answer.status_code, _json(answer), answer.content)

    async def close(self) -> None:
        """Close what was opened to ask by."""
        for client in self._clients.values():
            await client.aclose()


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
