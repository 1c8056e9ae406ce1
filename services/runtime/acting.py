"""How does a service of ours ask another on behalf of somebody who is signed in to it?

By a token that says who they are, signed by the service's own key, good for a minute, and marked as
such (`act`, RFC 8693): docs/decisions/acting-for-people.md says what it can do and what it cannot.
"""

from pathlib import Path
from typing import Final, Self

import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey

from services.runtime import clock
from services.runtime.auth import ALGORITHMS, AUDIENCE, ISSUER, Caller

SECONDS: Final = 60
"""How long a token lasts: longer than one question takes, and no longer than that needs."""


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
