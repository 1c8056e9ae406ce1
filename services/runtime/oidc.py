"""Whom does an identity provider let in? OpenID Connect: authorization code with PKCE.

Any provider that is found by its discovery document will do. What it says of itself, and its keys,
are asked for anew at each sign-in, which is rare: so its keys may change whenever it likes.
"""

import base64
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Self
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.runtime import clock
from services.runtime.auth import Caller, Unauthorised, caller_from
from services.runtime.guard import NotNow
from services.runtime.settings import Misconfigured, Settings

ALGORITHMS: Final = ["ES256", "RS256", "PS256"]
CALLBACK: Final = "/sign-in/callback"
AWAY: Final = "identity-provider-away"
LEEWAY_SECONDS: Final = 60
_SECONDS: Final = 5.0
_HOME: Final = re.compile(r"127\.0\.0\.1|(?:[a-z0-9-]+\.)*localhost")
"""This machine: RFC 6761 keeps the last for it, and its containers may share such a name."""


@dataclass(frozen=True, slots=True)
class Begun:
    """One sign-in on its way: three secrets, each used once."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def fresh(cls) -> Self:
        """Return new ones, of 256 random bits each."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))

    @property
    def challenge(self) -> str:
        """The verifier's digest, as PKCE's S256 writes it."""
        digest = sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class Provider:
    """An identity provider, and what we are to it."""

    def __init__(self, settings: Settings) -> None:
        if settings.oidc_issuer is None or settings.public_url is None:
            raise Misconfigured("RW_OIDC_ISSUER and RW_PUBLIC_URL are told together or not at all")
        self._issuer = _safe(settings.oidc_issuer, "RW_OIDC_ISSUER")
        self._client_id = settings.oidc_client_id
        file = settings.oidc_client_secret_file
        self._secret = None if file is None else file.read_text().strip()
        self._redirect_uri = _safe(settings.public_url, "RW_PUBLIC_URL") + CALLBACK

    async def address(self, begun: Begun) -> str:
        """Return where to send the browser. Raises NotNow."""
        async with _client() as http:
            told = await self._told(http)
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": "openid",
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": begun.challenge,
            "code_challenge_method": "S256",
        }
        return f"{told['authorization_endpoint']}?{urlencode(asked)}"

    async def caller(self, code: str, begun: Begun) -> Caller:
        """Return whom the provider has let in. Raises Unauthorised, NotNow."""
        async with _client() as http:
            told = await self._told(http)
            keys = await _asked(http, "GET", told["jwks_uri"])
            form = {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._redirect_uri,
                "client_id": self._client_id,
                "code_verifier": begun.verifier,
            }
            login = None if self._secret is None else (self._client_id, self._secret)
            given = await _asked(http, "POST", told["token_endpoint"], data=form, auth=login)
        return caller_from(self._claims(given, keys, begun.nonce))

    async def _told(self, http: httpx.AsyncClient) -> Any:  # noqa: ANN401 - the provider's document
        """Return what the provider says of itself, if it is who we were told it is."""
        told = await _asked(http, "GET", f"{self._issuer}/.well-known/openid-configuration")
        if told.get("issuer") != self._issuer:
            raise Unauthorised("issuer")
        return told

    def _claims(self, given: Any, keys: Any, nonce: str) -> dict[str, object]:  # noqa: ANN401 - JSON
        """Check the identity token: signature, issuer, audience, times and nonce."""
        registry = jwt.JWTClaimsRegistry(
            now=int(clock.now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            token = jwt.decode(
                str(given.get("id_token")), KeySet.import_key_set(keys), algorithms=ALGORITHMS
            )
            registry.validate(token.claims)
        except (JoseError, ValueError, KeyError, TypeError):
            raise Unauthorised("identity-token") from None
        return token.claims


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=_SECONDS, trust_env=False, follow_redirects=False)


async def _asked(http: httpx.AsyncClient, method: str, url: str, **more: Any) -> Any:  # noqa: ANN401 - JSON
    """Ask the provider. 4xx: it lets nobody in so; anything else that fails may pass."""
    try:
        answer = await http.request(method, url, **more)
        if answer.is_client_error:
            raise Unauthorised("refused")
        answer.raise_for_status()
        content = answer.json()
    except (httpx.HTTPError, ValueError):
        raise NotNow(AWAY) from None
    if not isinstance(content, dict):
        raise NotNow(AWAY)
    return content


def _safe(url: str, name: str) -> str:
    """Refuse an address that is neither https nor on this machine."""
    parts = urlsplit(url)
    at_home = parts.scheme == "http" and _HOME.fullmatch(parts.hostname or "") is not None
    if parts.scheme != "https" and not at_home:
        raise Misconfigured(f"{name} must be https, or http on 127.0.0.1")
    return url.rstrip("/")
