"""To which level do two records agree on who the child is? Pure; the weights are the domain's."""

from datetime import date
from typing import Final

from rapidfuzz.distance import OSA, JaroWinkler

from services.domain.likeness import Birth, Comparison, Names, Number, Postcode, Sex
from services.intake.people import Person, Words

CLOSE: Final = 0.9
"""Jaro-Winkler similarity from which two names may be one, misspelt."""
_LONG: Final = 4
_ONE_SLIP: Final = 1
_UNKNOWN_DAY: Final = 15
"""Written for the day of birth where only the month is known."""


def compare(one: Person, other: Person, words: Words) -> Comparison:
    """Compare two people; the result is the same in either order."""
    given: Names
    family: Names
    if _swapped(one, other):
        given = family = "swapped"
    else:
        given = _given(one.given, other.given, words)
        family = _family(one.family, other.family, words)
    return Comparison(
        given, family, _births(one.birth, other.birth), _sexes(one, other),
        _postcodes(one.postcode, other.postcode), _numbers(one, other),
    )  # fmt: skip


def _swapped(one: Person, other: Person) -> bool:
    """Whether each has the other's given name as family name."""
    return one.given == other.family and one.family == other.given and one.given != one.family


def _given(one: tuple[str, ...], other: tuple[str, ...], words: Words) -> Names:
    whole, others = "".join(one), "".join(other)
    if whole == others:
        return "exact-common" if one[0] in words.common else "exact"
    own = [tuple(name for name in names if name not in words.shared) for names in (one, other)]
    if not any(own):
        own = [one, other]
    if not all(own):  # one of them has no name but what brothers share
        return "near" if set(one) <= set(other) or set(other) <= set(one) else "other"
    short, long = sorted(own, key=lambda names: (len(names), names))
    met = [_meeting(name, long, words) for name in short]
    if all(met):
        return "variant"
    return "near" if any(met) or _slip(*own) else "other"


def _slip(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one may be the other misspelt, the first of its names, or its first letter."""
    initial = 1 in (len(one[0]), len(other[0])) and one[0][0] == other[0][0]
    return initial or _close("".join(one), "".join(other)) or _close(one[0], other[0])


def _meeting(name: str, names: tuple[str, ...], words: Words) -> bool:
    """Whether one of the names is this one, is used for it, or has two of its letters swapped."""
    return any(name == each or words.alike(name, each) or _transposed(name, each) for each in names)


def _family(one: tuple[str, ...], other: tuple[str, ...], words: Words) -> Names:
    whole, others = "".join(one), "".join(other)
    if whole == others:
        return "exact-common" if one[0] in words.common else "exact"
    telling = set(one) - words.particles, set(other) - words.particles
    if not telling[0].isdisjoint(telling[1]) or _transposed(whole, others):
        return "variant"
    return "near" if _close(whole, others) else "other"


def _transposed(one: str, other: str) -> bool:
    """Whether two neighbouring letters changed places, and nothing else did."""
    return (
        len(one) == len(other) >= _LONG
        and sorted(one) == sorted(other)
        and OSA.distance(one, other, score_cutoff=_ONE_SLIP) == _ONE_SLIP
    )


def _close(one: str, other: str) -> bool:
    """Whether one may be the other with a slip of the pen."""
    if JaroWinkler.similarity(one, other, score_cutoff=CLOSE) >= CLOSE:
        return True
    return min(len(one), len(other)) >= _LONG and (
        OSA.distance(one, other, score_cutoff=_ONE_SLIP) <= _ONE_SLIP
    )


def _births(one: date | None, other: date | None) -> Birth:
    if one is None or other is None:
        return "unknown"
    if one == other:
        return "exact"
    if one.year == other.year and (one.day, one.month) == (other.month, other.day):
        return "day-and-month"
    if (one.year, one.month) == (other.year, other.month) and _UNKNOWN_DAY in (one.day, other.day):
        return "fifteenth"
    slips = OSA.distance(f"{one:%Y%m%d}", f"{other:%Y%m%d}", score_cutoff=_ONE_SLIP)
    return "near" if slips <= _ONE_SLIP else "other"


def _sexes(one: Person, other: Person) -> Sex:
    if one.sex is None or other.sex is None:
        return "unknown"
    return "same" if one.sex == other.sex else "other"


def _postcodes(one: tuple[str, str, str] | None, other: tuple[str, str, str] | None) -> Postcode:
    if one is None or other is None:
        return "unknown"
    if one == other:
        return "same"
    if one[:2] == other[:2]:
        return "sector"
    return "district" if one[0] == other[0] else "other"


def _numbers(one: Person, other: Person) -> Number:
    """Whether they state different numbers of a kind, and none that is the same."""
    pairs = [pair for pair in ((one.nhs, other.nhs), (one.upn, other.upn)) if None not in pair]
    return "other" if pairs and all(first != second for first, second in pairs) else "unknown"
