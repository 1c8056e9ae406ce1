"""Who does a record say that its child is, in a form that can be compared? Pure.

An unborn or unnamed child, whatever stands in the place of its name, is nobody who could be
compared by name.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

_JOINS: Final = re.compile("['\u2019`\u00b4.]")
_POSTCODE: Final = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9])([A-Z]{2})")
_OTHER_LETTERS: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae"})


@dataclass(frozen=True, slots=True)
class Words:
    """What is known of names: the lists of matching.toml."""

    placeholders: frozenset[str]
    """Words that stand where no name is known; one of them is enough."""
    common: frozenset[str]
    """Names that many share, given or family."""
    shared: frozenset[str]
    """Given names that siblings share, each with another one after it."""
    particles: frozenset[str]
    """Parts of family names that tell nobody apart."""
    same: Mapping[str, frozenset[int]]
    """By name, the groups of names that are used for one another."""

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> "Words":
        """Read matching.toml; KeyError names the list that is missing."""
        lists = {name: frozenset(one["values"]) for name, one in content["lists"].items()}
        same: dict[str, set[int]] = {}
        for number, group in enumerate(content["names"]["same"]):
            for name in group:
                same.setdefault(name, set()).add(number)
        return cls(
            lists["placeholders"],
            lists["common"],
            lists["shared"],
            lists["particles"],
            {name: frozenset(groups) for name, groups in same.items()},
        )

    def alike(self, one: str, other: str) -> bool:
        """Whether two parts of given names are used for one another."""
        nobody = frozenset[int]()
        return not self.same.get(one, nobody).isdisjoint(self.same.get(other, nobody))


@dataclass(frozen=True, slots=True)
class Person:
    """A named child as one record last stated it; names in parts, small letters, no marks."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    birth: date | None = None
    sex: str | None = None
    postcode: tuple[str, str, str] | None = None
    """Outward code, first digit of the inward code, its letters."""
    nhs: bytes | None = None
    upn: bytes | None = None


def named(
    stated: Mapping[str, Any],
    words: Words,
    *,
    sex: str | None = None,
    nhs: bytes | None = None,
    upn: bytes | None = None,
) -> Person | None:
    """Return who is stated; None for an unborn or unnamed child."""
    given = parts(stated.get("given_name") or "")
    family = parts(stated.get("family_name") or "")
    if not given or not family or not words.placeholders.isdisjoint((*given, *family)):
        return None
    if "".join(given) in words.placeholders or "".join(family) in words.placeholders:
        return None
    return Person(
        given,
        family,
        _birth(stated.get("date_of_birth")),
        sex if sex in {"F", "M"} else None,
        _postcode(stated.get("postcode") or ""),
        nhs,
        upn,
    )


def parts(name: str) -> tuple[str, ...]:
    """Return the words of a name; an apostrophe joins, a hyphen parts."""
    folded = unicodedata.normalize("NFKD", _JOINS.sub("", name)).casefold()
    letters = folded.translate(_OTHER_LETTERS)
    plain = (c for c in letters if not unicodedata.combining(c))
    return tuple("".join(c if c.isalpha() else " " for c in plain).split())


def blocks(person: Person) -> Iterator[tuple[str, ...]]:
    """Yield what two records of one child very probably have in common, some of it always.

    Day and month count in either order, so that swapped ones meet; a part of any name counts by
    its first letters, so that swapped names and all but the first parts of long ones meet.
    """
    names = dict.fromkeys((*person.given, *person.family))
    if person.birth is not None:
        day, month = sorted((person.birth.day, person.birth.month))
        born = f"{person.birth.year}-{day}-{month}"
        for name in names:
            yield "birth", born, name[:2]
        month_of_birth = f"{person.birth:%Y-%m}"
        for given, family in _pairs(person):
            yield "month", month_of_birth, given, family
    if person.postcode is not None:
        where = "".join(person.postcode)
        for name in person.given:
            yield "postcode", where, name[:2]
        if person.birth is not None:
            yield "postcode-year", where, str(person.birth.year)


def _pairs(person: Person) -> Iterable[tuple[str, str]]:
    """Each given with each family name by their first letters, in either order."""
    found = {
        (min(one[:3], other[:3]), max(one[:3], other[:3]))
        for one in person.given
        for other in person.family
    }
    return sorted(found)


def _birth(stated: object) -> date | None:
    try:
        return date.fromisoformat(stated) if isinstance(stated, str) else None
    except ValueError:
        return None


def _postcode(stated: str) -> tuple[str, str, str] | None:
    found = _POSTCODE.fullmatch(re.sub(r"\s", "", stated).upper())
    return (found[1], found[2], found[3]) if found else None
