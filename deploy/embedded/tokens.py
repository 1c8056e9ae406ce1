"""Who may try the stack, and by which tokens? One for each persona of contract.md 4."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from deploy.embedded.places import write_private
from services.runtime import clock
from services.runtime.audit import PURPOSES
from services.runtime.auth import ACTS

ALGORITHM = "ES256"
NAME = "referral-watch"
"""Both who signs these tokens and whom they are for."""

LIFETIME = timedelta(days=30)
RENEWED_BELOW = timedelta(days=1)
LEEWAY = timedelta(minutes=5)
"""More than the clocks of two machines may differ."""

PublicKey = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody who calls: their agency and what they are there."""

    agency: str
    role: str = "agency"

    @property
    def purposes(self) -> list[str]:
        """For what they may ask who a child is: those who work with children for anything."""
        return list(PURPOSES) if self.role in _WITH_CHILDREN else []


_WITH_CHILDREN = frozenset({"agency", "police-supervisor", "qa-reviewer"})

PERSONAS: Mapping[str, Persona] = {
    "norfolk-police": Persona("norfolk-police"),
    "norfolk-csc": Persona("norfolk-csc"),
    "norfolk-school": Persona("norfolk-school"),
    "norfolk-voluntary": Persona("norfolk-voluntary"),
    "norfolk-health": Persona("norfolk-health"),
    "sandbox": Persona("sandbox"),
    "police-supervisor": Persona("norfolk-police", "police-supervisor"),
    "qa-reviewer": Persona("norfolk-qa", "qa-reviewer"),
    "pcc-analyst": Persona("norfolk-opcc", "pcc-analyst"),
    "pcc-editor": Persona("norfolk-opcc", "pcc-editor"),
    "pcc-approver": Persona("norfolk-opcc", "pcc-editor"),
    "administrator": Persona("referral-watch", "administrator"),
}


def signing_key(private: Path, public: Path) -> ECKey:
    """Return the key that signs, made once; `public` gets the JWKS that services check against.

    Keys that signed before stay in it until the last of their tokens has ended.
    """
    if not private.exists():
        _keep(private, _made())
    key = ECKey.import_key(json.loads(private.read_text()))
    _publish(public, key, _verifying(public, key, clock.now()))
    return key


def acting_key(private: Path, public: Path, service: str) -> None:
    """Have a service's own key, by which it signs for who is signed in to it, made and published.

    It is marked with the service's name; another that was so marked before is published no more.
    """
    if not private.exists():
        _keep(private, _made())
    key = ECKey.import_key(json.loads(private.read_text())).as_dict(private=False)
    held = json.loads(public.read_text())["keys"]
    others = [one for one in held if one.get(ACTS) != service and one["kid"] != key["kid"]]
    _write(public, [*others, {**key, ACTS: service}])


def rotate(private: Path, public: Path, now: datetime) -> ECKey:
    """Make a new key that signs from now on, and return it; the old one goes on verifying.

    Services are given the new key before anything is signed by it: at no moment is a good token
    refused.
    """
    old = signing_key(private, public)
    retiring = [_retiring(old, now + LIFETIME + LEEWAY), *_verifying(public, old, now)]
    new = _made()
    _publish(public, new, retiring)
    _keep(private, new)
    return new


def _made() -> ECKey:
    return ECKey.generate_key("P-256", {"alg": ALGORITHM, "use": "sig"}, auto_kid=True)


def _keep(private: Path, key: ECKey) -> None:
    write_private(private, json.dumps(key.as_dict(private=True)))


def _retiring(key: ECKey, at: datetime) -> PublicKey:
    """Return a key that verifies until a moment, `exp` as OpenID Federation calls it."""
    return {**key.as_dict(private=False), "exp": int(at.timestamp())}


def _verifying(public: Path, signing: ECKey, now: datetime) -> list[PublicKey]:
    """Return the published keys that sign no more and still verify."""
    held = json.loads(public.read_text())["keys"] if public.exists() else []
    return [
        key
        for key in held
        if key["kid"] != signing.kid and (ACTS in key or key.get("exp", 0) > now.timestamp())
    ]


def _publish(public: Path, signing: ECKey, verifying: Sequence[PublicKey]) -> None:
    _write(public, [signing.as_dict(private=False), *verifying])


def _write(public: Path, keys: Sequence[PublicKey]) -> None:
    """Write the JWKS whole or not at all: services read it whenever it changes."""
    beside = public.with_name(f".{public.name}.new")
    beside.write_text(json.dumps({"keys": list(keys)}))
    beside.replace(public)


def mint(key: ECKey, persona: str, now: datetime) -> str:
    """Return a persona's bearer token, good for 30 days from `now`."""
    who = PERSONAS[persona]
    claims = {
        "iss": NAME,
        "aud": NAME,
        "sub": persona,
        "agency": who.agency,
        "role": who.role,
        "purposes": who.purposes,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFETIME).timestamp()),
    }
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])


def renew(key: ECKey, held: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Return every persona's token: the one held, or a new one if a day or less is left of it."""
    return {
        persona: held[persona]
        if persona in held and _left(key, held[persona], persona, now) > RENEWED_BELOW
        else mint(key, persona, now)
        for persona in PERSONAS
    }


def _left(key: ECKey, token: str, persona: str, now: datetime) -> timedelta:
    """Return how long a token is good; nothing for one that would not be made like this now."""
    try:
        claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError):
        return timedelta(0)
    if claims.get("purposes") != PERSONAS[persona].purposes:
        return timedelta(0)
    return datetime.fromtimestamp(claims["exp"], UTC) - now
