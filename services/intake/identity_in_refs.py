"""Does an id or a ref give away who the child is?

Refs leave the vault, so none may hold the NHS number, UPN, name, birth date or postcode of the
child. A name is found as a word of its own, also in pieces (`o-brien`) or both names as one
(`annasmith`); inside a longer word it is only counted (INCIDENT is no sign of a child named Dent),
and words that refs are made of are no name. A birth date is found in any order of eight digits, in
six only as a word of its own.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import product
from typing import Any, Final

from services.domain.events import agency_of
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
ORDINARY: Final = frozenset(
    """
    adult appropriate arrest assessment audit booking care case cases census child children cin
    concern concerns conference contact county court crime custody decision desk detained
    detention discussion duty education episode event evidence exposure file force found
    health help home hospital housing id import incident incidents intake interview interviews
    investigation log mash meeting missing number officer outcome pages partner police portal
    probation protection record records ref reference referral referrals report review safeguarding
    school search section service services social staff station strategy support system team
    training trust unit visit voluntary worker youth
    """.split()  # noqa: SIM905 - words read best as words
)
"""The words that refs and systems are made of: never a name there, whoever bears it."""
_LONG_NAME: Final = 4
_SHORTEST: Final = 2
_WORDS: Final = re.compile(r"[a-z]+|[0-9]+")
_LETTERS: Final = re.compile(r"[a-z]+")
_UUID: Final = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
_DIGITS: Final = re.compile(r"[0-9]+")
_POSTCODE: Final = re.compile(r"[a-z]{1,2}[0-9][0-9a-z]?[0-9][a-z]{2}")

Named = tuple[str, str]
"""(pointer, ref)."""


def refs_of(event: Mapping[str, Any]) -> list[Named]:
    """List the id, the source's system and every ref of an event that will leave the vault."""
    source = event.get("source")
    found = [("/id", event.get("id")), ("/source", _system(source, source))]
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
        target = body.get("retracts")
        if isinstance(target, Mapping):
            found.append(("/data/retracts/source", _system(target.get("source"), source)))
    return [(where, ref) for where, ref in found if isinstance(ref, str)]


def faults(
    children: Iterable[Mapping[str, Any]], refs: Iterable[Named], agency: str = ""
) -> list[Fault]:
    """Say which refs hold the identity of a child, as stated in any of `children`.

    The words of the sender's own name, `agency`, are no name of a child.
    """
    ordinary = ORDINARY.union(_LETTERS.findall(agency))
    tells = [_Tell(child, ordinary) for child in children]
    return [
        Fault(where, "identity-in-reference", "A reference may not contain who the child is.")
        for where, ref in refs
        if any(tell.tells(ref) for tell in tells)
    ]


def looks_like_identifier(ref: str) -> bool:
    """Say whether a ref merely passes an NHS number's or a UPN's check: counted, not refused."""
    return any(nhs_number(digits) for digits in _DIGITS.findall(ref)) or upn(ref) is not None


def name_inside(child: Mapping[str, Any], ref: str) -> bool:
    """Say whether a longer word of a ref holds a name of the child: counted, not refused."""
    given, family = _forms(child, "given_name"), _forms(child, "family_name")
    names = {name for name in given | family if len(name) >= _LONG_NAME}
    words = set(_LETTERS.findall(_without_uuids(ref))) - ORDINARY
    return any(name in word and name != word for name in names for word in words)


class _Tell:
    """What of one statement of identity must not be in a ref, ready to be looked for."""

    def __init__(self, child: Mapping[str, Any], ordinary: Collection[str]) -> None:
        self._names = _names(child).difference(ordinary)
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
        digits = re.sub(r"[^0-9]", "", folded)
        plain = re.sub(r"[^a-z0-9]", "", folded)
        return (
            any(name in self._names for name in _spelt(_without_uuids(ref), self._names))
            or not self._short_dates.isdisjoint(_WORDS.findall(folded))
            or any(number and number in digits for number in self._numbers)
            or any(code in plain for code in self._codes)
            or any(form in digits for form in self._long_dates)
        )


def _names(child: Mapping[str, Any]) -> set[str]:
    """Every form of the names in small letters: whole, each part, and given and family as one."""
    given, family = _forms(child, "given_name"), _forms(child, "family_name")
    pairs = {one + other for one, other in product(given, family) if one and other}
    pairs |= {other + one for one, other in product(given, family) if one and other}
    return {name for name in given | family | pairs if len(name) >= _SHORTEST}


def _forms(child: Mapping[str, Any], field: str) -> set[str]:
    """A name in small letters, whole and each part."""
    return {_letters(part) for name in _texts(child, field) for part in (name, *_parts(name))}


def _parts(name: str) -> list[str]:
    return re.split(r"[^a-z]+", _unmarked(name))


def _spelt(ref: str, names: Collection[str]) -> Iterator[str]:
    """Yield the words of a ref, and neighbouring words as one: `o-brien` spells `obrien`."""
    longest = max(map(len, names), default=0)
    for stretch in re.split("[0-9]+", ref):
        words = _LETTERS.findall(stretch)
        for first in range(len(words)):
            joined = ""
            for word in words[first:]:
                joined += word
                if len(joined) > longest:
                    break
                yield joined


def _system(source: object, own: object) -> object:
    """The part of a source that a sender is free in: after the agency, if that is its own."""
    if not isinstance(source, str) or not isinstance(own, str):
        return source
    return source.split("/", 2)[-1] if agency_of(source) == agency_of(own) else source


def _without_uuids(ref: str) -> str:
    """A ref in small letters without what is drawn by lot: letters there mean nothing."""
    return _UUID.sub("0", _folded(ref))


def _texts(child: Mapping[str, Any], field: str) -> Iterator[str]:
    value = child.get(field)
    if isinstance(value, str) and value.strip():
        yield value


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKD", text).casefold()


def _unmarked(text: str) -> str:
    """A text in small letters without accents."""
    return "".join(mark for mark in _folded(text) if not unicodedata.combining(mark))


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
