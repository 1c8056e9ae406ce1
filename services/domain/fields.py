"""How is a field of a message read, and a wrong one refused?

Types are compared exactly: JSON has no others, and a `bool` is no number. What is refused is named
by its field, never by its value.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from services.domain.moments import moment

Plain = TypeVar("Plain", str, int, bool)
Whole = Mapping[str, Any]


class Malformed(ValueError):
    """A message that is not what it should be; says which field, never its value."""

    def __init__(self, field: str) -> None:
        super().__init__(f"malformed: {field}")
        self.field = field


def plain(wire: Whole, field: str, kind: type[Plain]) -> Plain:
    """Read a text, a whole number or a yes or no. Raises Malformed."""
    value = wire.get(field)
    if type(value) is not kind:
        raise Malformed(field)
    return value


def text_or_none(wire: Whole, field: str) -> str | None:
    """Read a text; None where it is null. Raises Malformed, also where it is absent."""
    if field in wire and wire[field] is None:
        return None
    return plain(wire, field, str)


def moment_of(wire: Whole, field: str) -> datetime:
    """Read a moment. Raises Malformed."""
    try:
        return moment(plain(wire, field, str))
    except (ValueError, OverflowError):
        raise Malformed(field) from None


def table(wire: Whole, field: str) -> Whole:
    """Read a group of fields. Raises Malformed."""
    value = wire.get(field)
    if not isinstance(value, Mapping):
        raise Malformed(field)
    return value


def tables(wire: Whole, field: str) -> list[Whole]:
    """Read a list of groups of fields. Raises Malformed."""
    value = wire.get(field)
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise Malformed(field)
    return value


def texts(wire: Whole, field: str) -> tuple[str, ...]:
    """Read a list of texts. Raises Malformed."""
    value = wire.get(field)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Malformed(field)
    return tuple(value)
