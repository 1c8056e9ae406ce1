"""What belongs to one request? A random id: in its log line, and in what it leaves on record."""

from contextvars import ContextVar
from typing import Final

from services.runtime import clock

_current: Final[ContextVar[str]] = ContextVar("correlation")


def begin() -> str:
    """Give the request that begins here an id of its own."""
    fresh = clock.new_ref()
    _current.set(fresh)
    return fresh


def current() -> str:
    """Return the id of the request that this is part of; a fresh one outside of any."""
    return _current.get(None) or clock.new_ref()
