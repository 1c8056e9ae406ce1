"""Is this text JSON that every reader would read alike? Where not: what is wrong, and where.

What is no JSON raises `NotJson`. What is JSON but means different things to different readers
(duplicate keys, numbers beyond what all can hold, NUL, lone surrogates, hidden direction marks) is
returned as faults, every one of them, beside the value. No value is ever repeated.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

MAX_DEPTH: Final = 64
MAX_WHOLE: Final = 2**53 - 1
MAX_VALUES: Final = 400_000
"""What a batch can need; a body of brackets alone would take a hundred times its size."""
_DIGITS: Final = 17

_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_UNSAFE_IN_KEY: Final = re.compile("[\t\n\r]")
_WORTH_A_LOOK: Final = re.compile(
    "\\\\[ubf]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", re.IGNORECASE
)


class NotJson(ValueError):
    """The bytes are not UTF-8 JSON; line and column are from 1, or absent."""

    def __init__(self, code: str, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong: the path of keys and positions to it, a code and plain words."""

    path: tuple[str | int, ...]
    code: str
    message: str


_Place: TypeAlias = tuple[tuple[str | int, ...], Any, Any]
"""Path, container and key of a value."""


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Stands where a number cannot be kept."""

    code: str
    message: str


class _Repeated(dict[str, Any]):
    """An object that stated these keys more than once."""

    keys_twice: tuple[str, ...] = ()


_NOT_FINITE: Final = _Wrong("not-a-number", "NaN and Infinity are not JSON numbers.")
_TOO_LARGE: Final = _Wrong("number-too-large", "The number is larger than every reader can hold.")


def decode(body: bytes) -> str:
    """Return the text of a body in UTF-8 without a byte order mark; raises NotJson."""
    if body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise NotJson(
            "byte-order-mark", "The body starts with a byte order mark. Send plain UTF-8."
        )
    if b"\0" in body:
        raise NotJson("not-utf-8", "The body holds zero bytes: it is not UTF-8 JSON.")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise NotJson("not-utf-8", "The body is not UTF-8.") from None


def crowded(body: bytes) -> bool:
    """Whether a body may hold more values than `MAX_VALUES`; commas in texts count as well."""
    return sum(map(body.count, (b",", b"[", b"{"))) > MAX_VALUES


def parse(body: bytes) -> tuple[Any, list[Flaw]]:
    """Read one JSON value and list its flaws.

    None stands where a flaw made a value unusable; unusable keys are left out.

    Raises:
        NotJson: not UTF-8, or not JSON.

    """
    text = decode(body)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = (error.lineno, error.colno)
    except RecursionError:
        return None, [Flaw((), "too-deep", f"Nested more than {MAX_DEPTH} deep.")]
    else:
        return _checked(value, look=_WORTH_A_LOOK.search(text) is not None)
    raise NotJson("not-json", "The body is not JSON.", *place)


def hides(text: str) -> bool:
    """Whether a text holds what a reader cannot see; line breaks and tabs are welcome."""
    return _UNSAFE.search(text) is not None


def unsafe(text: str) -> bool:
    """Whether a text that is no free text holds what a reader cannot see, line breaks included."""
    return bool(_UNSAFE.search(text) or _UNSAFE_IN_KEY.search(text))


def _checked(value: object, *, look: bool) -> tuple[Any, list[Flaw]]:
    """Walk the value once; strings are looked at only where the text could hide something."""
    flaws: list[Flaw] = []
    holder: dict[str, Any] = {"": value}
    for path, place, key in _places(holder, flaws, look=look):
        child = place[key]
        if isinstance(child, _Wrong):
            flaws.append(Flaw(path, child.code, child.message))
            place[key] = None
        elif look and isinstance(child, str) and _UNSAFE.search(child):
            flaws.append(Flaw(path, "unsafe-character", _unsafe_message(child)))
            place[key] = None
    return holder[""], flaws


def _places(holder: dict[str, Any], flaws: list[Flaw], *, look: bool) -> Iterator[_Place]:
    """Yield (path, container, key) of everything in the holder, from the outside in."""
    waiting: list[Iterator[_Place]] = [iter([((), holder, "")])]
    while waiting:
        place = next(waiting[-1], None)
        if place is None:
            waiting.pop()
            continue
        yield place
        path, container, key = place
        child = container[key]
        if not isinstance(child, dict | list):
            continue
        if isinstance(child, _Repeated):
            flaws.extend(_twice(path, child))
            container[key] = child = dict(child)
        if len(path) >= MAX_DEPTH:
            flaws.append(Flaw(path, "too-deep", f"Nested more than {MAX_DEPTH} deep."))
            container[key] = None
        elif isinstance(child, list):
            waiting.append(_inside(path, child, range(len(child))))
        else:
            for name in [name for name in child if unsafe(name)] if look else ():
                flaws.append(
                    Flaw((*path, name), "unsafe-character", "A hidden character in a key.")
                )
                del child[name]
            waiting.append(_inside(path, child, child))


def _inside(path: tuple[str | int, ...], container: Any, keys: Iterable[Any]) -> Iterator[_Place]:  # noqa: ANN401 - a list or a dict
    return (((*path, key), container, key) for key in keys)


def _twice(path: tuple[str | int, ...], value: _Repeated) -> Iterator[Flaw]:
    for name in value.keys_twice:
        yield Flaw((*path, name), "duplicate-key", "The key is stated more than once.")


def _unsafe_message(text: str) -> str:
    if "\0" in text:
        return "The text holds NUL."
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "The text holds half of a surrogate pair."
    return "The text holds control or direction characters that a reader cannot see."


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    times = Counter(name for name, _ in pairs)
    repeated = _Repeated(value)
    repeated.keys_twice = tuple(name for name in value if times[name] > 1)
    return repeated


def _whole(text: str) -> int | _Wrong:
    if len(text) > _DIGITS or abs(number := int(text)) > MAX_WHOLE:
        return _TOO_LARGE
    return number


def _real(text: str) -> float | _Wrong:
    number = float(text)
    return number if math.isfinite(number) else _TOO_LARGE


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_whole,
    parse_float=_real,
    parse_constant=lambda _: _NOT_FINITE,
)
