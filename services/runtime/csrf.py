"""How does a form prove that it is ours? By its session's token."""

import base64
import binascii
import secrets
from typing import Final

FIELD: Final = "csrf"
_SIZE: Final = 43
"""Characters of a session's CSRF token: 32 bytes in base64."""


def masked(token: str) -> str:
    """Write a CSRF token so that it looks different on every page: answers are compressed."""
    plain = token.encode()
    noise = secrets.token_bytes(len(plain))
    mixed = bytes(one ^ other for one, other in zip(plain, noise, strict=True))
    return base64.urlsafe_b64encode(noise + mixed).decode()


def unmasked(stated: str) -> str:
    """Return the token behind a masked one; what is not masked is returned as it is."""
    if len(stated) <= _SIZE:
        return stated
    try:
        both = base64.urlsafe_b64decode(stated)
    except (binascii.Error, ValueError):
        return ""
    half = len(both) // 2
    mixed = bytes(one ^ other for one, other in zip(both[:half], both[half:], strict=False))
    return mixed.decode("utf-8", "replace")
