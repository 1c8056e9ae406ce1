"""How is an explanation written for a person? Without codes, and by London's clock alone."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from services.runtime.web.words import day

_CLOCK: Final = re.compile(r"(\d\d:\d\d):\d\d in London \([^)]*\)")
_DAYS: Final = re.compile(r"\b(\d+) working-days\b")
_DATE: Final = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_QUOTED: Final = re.compile(r"`([^`]+)`")
_FIRST: Final = re.compile(r"^[a-z]+(?:[._-][a-z0-9_-]+)+(?=[ ,])")
_SOURCE: Final = re.compile(r"from /([a-z-]+)/[^,]*(?=, |\.$)")
_STATED: Final = re.compile(r"(?<= is )[a-z][^()]*?(?=, (?:since|from the first))")
_SINCE: Final = ", from the first"

NameOf = Callable[[str], str | None]


def steps(chain: Sequence[Mapping[str, Any]], name_of: NameOf) -> list[str]:
    """Write every link of a chain; `name_of` names an agency."""
    return [_step(link["step"], link["text"], name_of) for link in chain]


def text(words: str) -> str:
    """Write what holds codes and days as they are kept."""
    words = _DATE.sub(lambda found: day(date.fromisoformat(found[0])), words)
    words = _QUOTED.sub(lambda found: f"“{_spaced(found[1])}”", _DAYS.sub(_working_days, words))
    return words.replace("[", "(").replace("]", ")")


def listed(values: Sequence[str]) -> str:
    """Write the codes that a rule lists."""
    return ", ".join(re.sub(r"(?<=[a-z])[_-](?=[a-z])", " ", one) for one in values)


def name(code: str) -> str:
    """Write the name of a rule's number: Decision overdue: limit."""
    one, other = code.split(".")[-2:]
    return f"{_spaced(one).capitalize()}: {_spaced(other)}"


def _step(kind: str, words: str, name_of: NameOf) -> str:
    words = _CLOCK.sub(r"\1", words)
    if kind == "event":
        words = _SOURCE.sub(lambda found: f"from {name_of(found[1]) or found[1]}", words)
        words = _FIRST.sub(lambda found: _spaced(found[0].removesuffix(".v1")).capitalize(), words)
    elif kind == "rule":
        words = _FIRST.sub(lambda found: _spaced(found[0].split(".", 1)[1]).capitalize(), words)
    elif kind == "number":
        words = _STATED.sub(lambda found: listed(found[0].split(", ")), words, count=1)
        words = _FIRST.sub(lambda found: name(found[0]), words).replace(_SINCE, "", 1)
    return text(words)


def _spaced(code: str) -> str:
    return re.sub(r"[._-]", " ", code)


def _working_days(found: re.Match[str]) -> str:
    return f"{found[1]} working {'day' if found[1] == '1' else 'days'}"
