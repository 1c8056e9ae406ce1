"""What time is it, and what is a fresh reference? The only place that may ask."""

import time
from datetime import UTC, datetime
from uuid import uuid4


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Return seconds that never go back, for measuring how long a thing took."""
    return time.monotonic()


def new_ref() -> str:
    """Return a fresh random reference: 32 hexadecimal digits that say nothing about anybody."""
    return uuid4().hex
