"""Does an id or a ref give away who the child is?

Refs leave the vault, so none may hold the NHS number, UPN, name, birth date or postcode of the
child. A name of four letters or more is found anywhere among a ref's letters, a shorter one only as
a word of its own; a birth date in any order of eight digits, in six only as a word of its own.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from services.intake.identifiers import nhs_number, upn
from services.runtime.contracts import Fault

REF_FIELDS: Final = (
    "custody_ref",
    "incident_ref",
    "interview_ref",
    "concern_ref",
    "referral_ref",
    "service_ref",
    "episode_ref",
)
_SHORT_NAME: Final = 4
_SHORTEST: Final = 2
_WORDS: Final = re.compile(r"[a-z]+|[0-9]+")
_DIGITS: Final = re.compile(r"[0-9]+")
_POSTCODE: Final = re.compile(r"[a-z]{1,2}[0-9][0-9a-z]?[0-9][a-z]{2}")

Named = tuple[str, str]
"""(pointer, ref)."""


def refs_of(event: Mapping[str, Any]) -> list[Named]:
    """List the id and every ref of an event that will leave the vault."""
    found = [("/id", event.get("id"))]
    body = event.get("data")
    if isinstance(body, Mapping):
        found += [(f"/data/{field}", body.get(field)) for field in REF_FIELDS]
        triggers = body.get("triggers")
        if isinstance(triggers, list):
            found += [(f"/data/triggers/{place}", ref) for place, ref in enumerate(triggers)]
        found += [
            (f"/data/{name}/{key}", body[name].get(key))
            for name, key in (("of", "ref"), ("retracts", "id"))
            if isinstance(body.get(name), Mapping)
        ]
    return [(where, ref) for where, ref in found if isinstance(ref, str)]


def faults(children: Iterable[Mapping[str, Any]], refs: Iterable[Named]) -> list[Fault]:
    """Say which refs hold the identity of a child, as stated in any of `children`."""
    tells = [_Tell(child) for child in children]
    return [
        Fault(where, "identity-in-reference", "A reference may not contain who the child is.")
        for where, ref in refs
        if any(tell.tells(ref) for tell in tells)
    ]


def looks_like_identifier(ref: str) -> bool:
    """Say whether a ref merely passes an NHS number's or a UPN's check: counted, not refused."""
    return any(nhs_number(digits) for digits in _DIGITS.findall(ref)) or upn(ref) is not None


class _Tell:
    """What of one statement of identity must not be in a ref, ready to be looked for."""

    def __init__(self, child: Mapping[str, Any]) -> None:
        names = [
            letters
            for field in ("given_name", "family_name")
            for name in _texts(child, field)
            for letters in {_letters(name), *(_letters(part) for part in re.split(r"[\s-]+", name))}
        ]
        self._long = {name for name in names if len(name) >= _SHORT_NAME}
        self._short = {name for name in names if _SHORTEST <= len(name) < _SHORT_NAME}
        self._numbers = {re.sub(r"\D", "", text) for text in _texts(child, "nhs_number")}
        self._codes = {_plain(text) for text in _texts(child, "upn")} | {
            code for text in _texts(child, "postcode") if _POSTCODE.fullmatch(code := _plain(text))
        }
        births = [re.sub(r"\D", "", text) for text in _texts(child, "date_of_birth")]
        self._long_dates = {form for birth in births for form in _eight(birth)}
        self._short_dates = {form for birth in births for form in _six(birth)}

    def tells(self, ref: str) -> bool:
        """Whether the ref holds any of it."""
        folded = _folded(ref)
        words = set(_WORDS.findall(folded))
        letters = re.sub(r"[^a-z]", "", folded)
        digits = re.sub(r"[^0-9]", "", folded)
        plain = re.sub(r"[^a-z0-9]", "", folded)
        return (
            any(name in letters for name in self._long)
            or not words.isdisjoint(self._short | self._short_dates)
            or any(number and number in digits for number in self._numbers)
            or any(code in plain for code in self._codes)
            or any(form in digits for form in self._long_dates)
        )


def _texts(child: Mapping[str, Any], field: str) -> Iterator[str]:
    value = child.get(field)
    if isinstance(value, str) and value.strip():
        yield value


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKD", text).casefold()


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", _folded(text))


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", _folded(text))


def _eight(birth: str) -> Iterator[str]:
    year, month, day = birth[:4], birth[4:6], birth[6:]
    yield from (year + month + day, day + month + year, month + day + year)


def _six(birth: str) -> Iterator[str]:
    year, month, day = birth[2:4], birth[4:6], birth[6:]
    yield from (year + month + day, day + month + year)
