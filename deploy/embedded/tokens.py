"""Who may try the stack, and by which tokens? One for each persona of contract.md 4."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from deploy.embedded.places import write_private

ALGORITHM = "ES256"
NAME = "referral-watch"
"""Both who signs these tokens and whom they are for."""

LIFETIME = timedelta(days=30)
RENEWED_BELOW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody who calls: their agency and what they are there."""

    agency: str
    role: str = "agency"


PERSONAS: Mapping[str, Persona] = {
    "norfolk-police": Persona("norfolk-police"),
    "norfolk-csc": Persona("norfolk-csc"),
    "norfolk-school": Persona("norfolk-school"),
    "norfolk-voluntary": Persona("norfolk-voluntary"),
    "norfolk-health": Persona("norfolk-health"),
    "police-supervisor": Persona("norfolk-police", "police-supervisor"),
    "qa-reviewer": Persona("norfolk-qa", "qa-reviewer"),
    "pcc-analyst": Persona("norfolk-opcc", "pcc-analyst"),
    "pcc-editor": Persona("norfolk-opcc", "pcc-editor"),
    "administrator": Persona("referral-watch", "administrator"),
}


def signing_key(private: Path, public: Path) -> ECKey:
    """Return the key that signs, made once; `public` gets the JWKS that services check against."""
    if not private.exists():
        made = ECKey.generate_key("P-256", {"alg": ALGORITHM, "use": "sig"}, auto_kid=True)
        write_private(private, json.dumps(made.as_dict(private=True)))
    key = ECKey.import_key(json.loads(private.read_text()))
    public.write_text(json.dumps(KeySet([key]).as_dict(private=False)))
    return key


def mint(key: ECKey, persona: str, now: datetime) -> str:
    """Return a persona's bearer token, good for 30 days from `now`."""
    who = PERSONAS[persona]
    claims = {
        "iss": NAME,
        "aud": NAME,
        "sub": persona,
        "agency": who.agency,
        "role": who.role,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFETIME).timestamp()),
    }
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])


def renew(key: ECKey, held: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Return every persona's token: the one held, or a new one if a day or less is left of it."""
    return {
        persona: held[persona]
        if persona in held and _left(key, held[persona], now) > RENEWED_BELOW
        else mint(key, persona, now)
        for persona in PERSONAS
    }


def _left(key: ECKey, token: str, now: datetime) -> timedelta:
    """Return how long a token is still good; nothing for one that this key did not sign."""
    try:
        claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError):
        return timedelta(0)
    return datetime.fromtimestamp(claims["exp"], UTC) - now
