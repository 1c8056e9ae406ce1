"""How does a receiver know that a call is ours, and new? Standard Webhooks, version 1."""

import hmac
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256


def headers(
    message_id: str, body: bytes, secrets: Iterable[bytes], now: datetime
) -> dict[str, str]:
    """Return the headers of a call: its id, the second it is made in, a signature by each secret.

    While a secret is changed there are two, and a receiver that knows either may accept.
    """
    stamp = str(int(now.timestamp()))
    signed = f"{message_id}.{stamp}.".encode() + body
    signatures = (hmac.digest(secret, signed, sha256) for secret in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{b64encode(one).decode()}" for one in signatures),
    }
