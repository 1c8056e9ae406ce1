"""Who asks? The personas of contract.md 4, and those whom nobody should answer."""

from datetime import timedelta

from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.embedded.tokens import PERSONAS
from services.runtime import clock
from services.runtime.audit import PURPOSES

KEY = ECKey.generate_key("P-256", {"kid": "access"})
PAGES_KEY = ECKey.generate_key("P-256", {"kid": "pages"})
"""By which the dashboards sign for who is signed in."""
_ANOTHER = ECKey.generate_key("P-256", {"kid": "access"})
_HOUR = timedelta(hours=1)

SANDBOX = "sandbox"
"""A test agency: it has no object that anybody else could see (test_matrix.py asks as it apart)."""

PEOPLE = (
    *(name for name in PERSONAS if name != SANDBOX),
    "unregistered",
    "narrowed",
    "nobody",
    "expired",
    "forged",
)


def published() -> dict[str, object]:
    """Return the keys that services know tokens by."""
    own = PAGES_KEY.as_dict(private=False) | {"acts": "dashboards"}
    return {"keys": [KEY.as_dict(private=False), own]}


def token(
    agency: str, role: str, *, key: ECKey = KEY, left: timedelta = _HOUR, **claims: object
) -> str:
    """Sign a token as the deployment would."""
    now = clock.now()
    said = {
        "iss": "referral-watch",
        "aud": "referral-watch",
        "sub": f"{agency}-{role}",
        "agency": agency,
        "role": role,
        "purposes": list(PURPOSES),
        "iat": int((now - _HOUR).timestamp()),
        "exp": int((now + left).timestamp()),
        **claims,
    }
    return jwt.encode({"alg": "ES256", "kid": "access"}, said, key, algorithms=["ES256"])


def bearer(persona: str) -> dict[str, str]:
    """Return the header by which a persona says who they are."""
    match persona:
        case "nobody":
            return {}
        case "unregistered":
            found = token("nobody-we-know", "agency")
        case "narrowed":
            found = token("norfolk-qa", "qa-reviewer", areas=["E10000016"])
        case "expired":
            found = token("norfolk-police", "agency", left=-timedelta(minutes=10))
        case "forged":
            found = token("norfolk-police", "agency", key=_ANOTHER)
        case _:
            found = token(PERSONAS[persona].agency, PERSONAS[persona].role)
    return {"Authorization": f"Bearer {found}"}
