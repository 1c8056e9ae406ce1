"""Who is calling? A bearer token (JWT, ES256) checked against a JWKS file."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.runtime import clock

ALGORITHMS: Final = ["ES256"]
ISSUER: Final = "referral-watch"
AUDIENCE: Final = "referral-watch"
LEEWAY_SECONDS: Final = 60
MAX_TOKEN: Final = 4096
ACTS: Final = "acts"
"""The member of a published key that names the service of ours that signs by it for people."""

ACTING_SECONDS: Final = 120
"""How long at most a token lasts that a service signs for somebody who is signed in to it."""
ABSENT: Final = object()
ROLES: Final = frozenset(
    {"agency", "police-supervisor", "qa-reviewer", "pcc-analyst", "pcc-editor", "administrator"}
)


class Unauthorised(Exception):
    """The token does not say who is calling; `reason` is a code that may be shown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Forbidden(Exception):
    """Who is calling is known, and may not: answered 403."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, as the token says it; `areas` narrows the registry's, () to none at all.

    `purposes` are those for which alone they may ask who a child is: a token that names none is
    for none; None, for any, is who acts within us. `through` is
    the service of ours by whose pages they act (`acting.Acting`); None for who calls by themselves.
    """

    subject: str
    agency: str
    role: str
    areas: tuple[str, ...] | None = None
    purposes: tuple[str, ...] | None = None
    through: str | None = None

    def may_ask(self, purpose: str) -> bool:
        """Say whether the token lets them ask for this purpose."""
        return self.purposes is None or purpose in self.purposes


class Verifier:
    """Checks tokens; reads the key file again when it changes, so that keys can overlap."""

    def __init__(self, jwks: Path) -> None:
        self._path = jwks
        self._stamp = (0, 0)
        self._keys = KeySet([])
        self._acting: dict[str, str] = {}
        self._refresh()

    def verify(self, bearer: str) -> Caller:
        """Return the caller for an `Authorization` header or a bare token.

        Raises Unauthorised with a reason: malformed, signature, expired, claims.
        """
        self._refresh()
        scheme, _, token = bearer.strip().rpartition(" ")
        if scheme.lower() not in ("", "bearer") or not token or len(token) > MAX_TOKEN:
            raise Unauthorised("malformed")
        claims, key_id = self._claims(token)
        through = _acting(claims, self._acting.get(key_id))
        return replace(caller_from(claims), through=through)

    def _claims(self, token: str) -> tuple[dict[str, object], str]:
        """Check signature, issuer, audience and times; return also the id of the key."""
        try:
            decoded = jwt.decode(token, self._keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            raise Unauthorised("signature") from None
        try:
            _registry().validate(decoded.claims)
        except JoseError as error:
            raise Unauthorised("expired" if "expired" in error.error else "claims") from None
        return decoded.claims, str(decoded.header.get("kid"))

    def _refresh(self) -> None:
        """Read the keys again if the file is another than last time."""
        status = self._path.stat()
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp != self._stamp:
            published = msgspec.json.decode(self._path.read_bytes())
            self._keys = KeySet.import_key_set(published)
            self._acting = {
                key["kid"]: key[ACTS] for key in published["keys"] if ACTS in key and "kid" in key
            }
            self._stamp = stamp


def _acting(claims: dict[str, object], signed_by: str | None) -> str | None:
    """Return the service that acts for the caller; None for who calls by themselves.

    A service's key signs for nobody but through itself, and for moments; no other key says that
    anybody acts through a service. Raises Unauthorised.
    """
    if claims.get("act") != (None if signed_by is None else {"sub": signed_by}):
        raise Unauthorised("claims")
    issued, ends = claims["iat"], claims["exp"]
    lasts = ends - issued if isinstance(issued, int) and isinstance(ends, int) else None
    if signed_by is not None and (lasts is None or not 0 < lasts <= ACTING_SECONDS):
        raise Unauthorised("claims")
    return signed_by


def _registry() -> jwt.JWTClaimsRegistry:
    """Return what a token must claim, as of now."""
    return jwt.JWTClaimsRegistry(
        now=int(clock.now().timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": AUDIENCE},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )


def caller_from(claims: dict[str, object]) -> Caller:
    """Read our own claims; they are signed, but a wrong type must not get further.

    Raises Unauthorised: who lacks a claim is nobody.
    """
    subject, agency, role = (claims.get(name) for name in ("sub", "agency", "role"))
    if not (isinstance(subject, str) and isinstance(agency, str) and isinstance(role, str)):
        raise Unauthorised("claims")
    if not (subject and agency):
        raise Unauthorised("claims")
    if role not in ROLES:
        raise Unauthorised("claims")
    areas, purposes = (_narrowed(claims.get(name, ABSENT)) for name in ("areas", "purposes"))
    return Caller(subject, agency, role, areas, purposes or ())  # nobody asks who names no purpose


def _narrowed(stated: object) -> tuple[str, ...] | None:
    """Read what a token narrows; what it does not state it does not narrow."""
    if stated is ABSENT:
        return None
    if not isinstance(stated, list):
        raise Unauthorised("claims")
    return tuple(map(str, stated))
