"""Invented children as several agencies have them on file, with the errors that files have.

Seeded: the same number gives the same set, with its truth. The errors are of the kinds that are
usual; how frequent each is, is an assumption.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from string import ascii_lowercase
from typing import Any, Final

from bench.names import COMMUNITIES, NICKNAMES, Community

FIRST_BIRTH: Final = date(2009, 1, 1)
BIRTH_DAYS: Final = 17 * 365
_TWELFTH: Final = 12
_FIFTEENTH: Final = 15
_SHORT: Final = 3
_OTHER_SEX: Final = {"F": "M", "M": "F"}
_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"

ERRORS: Final[dict[str, float]] = {
    "nickname": 0.10,
    "letter": 0.03,
    "transposed": 0.02,
    "names-swapped": 0.01,
    "one-of-two-families": 0.35,  # of those who have two
    "another-family": 0.02,
    "day-and-month": 0.015,
    "fifteenth": 0.01,
    "digit-of-birth": 0.015,
    "no-birth": 0.02,
    "no-sex": 0.04,
    "wrong-sex": 0.003,
    "no-postcode": 0.20,
    "moved": 0.15,
    "middle-name": 0.08,
}


@dataclass(frozen=True, slots=True)
class Child:
    """One child, as truth has it."""

    number: int
    community: str
    given: str
    middle: str
    family: str
    born: date
    sex: str
    postcode: str


@dataclass(frozen=True, slots=True)
class Filed:
    """One agency's record of a child: `stated` is what an event would say of it."""

    child: Child
    agency: int
    stated: dict[str, Any]


def children(count: int, seed: int, part: int | None = None) -> list[Child]:
    """Return children, siblings and twins at one address among them.

    `part` 0 or 1 takes every second family name, so that two sets share no family.
    """
    dice = Random(f"children/{seed}")
    found: list[Child] = []
    while len(found) < count:
        found += _household(dice, len(found), part)
    return found[:count]


def filed(people: Sequence[Child], seed: int, agencies: int = 3) -> Iterator[Filed]:
    """Yield what agencies have on file: each child is known to one or more of them."""
    dice = Random(f"filed/{seed}")
    for child in people:
        for agency in sorted(dice.sample(range(agencies), dice.choice((1, 1, 2, 2, agencies)))):
            yield Filed(child, agency, _stated(dice, child))


def _household(dice: Random, first: int, part: int | None) -> list[Child]:
    community = dice.choices(list(COMMUNITIES), [c.share for c in COMMUNITIES.values()])[0]
    names = COMMUNITIES[community]
    family, postcode = _family(dice, names, part), _postcode(dice)
    size = dice.choice((1, 1, 1, 2, 2, 3))
    births = [FIRST_BIRTH + timedelta(days=dice.randrange(BIRTH_DAYS)) for _ in range(size)]
    if size > 1 and dice.random() < 0.04:  # noqa: PLR2004 - twins
        births[1] = births[0]
    made: list[Child] = []
    for place, born in enumerate(births):
        sex = dice.choice("MF")
        pool = names.girls if sex == "F" else names.boys
        given = _drawn(dice, pool)
        while any(given == other.given for other in made):
            given = dice.choice(pool)
        middle = dice.choice(pool)
        made.append(Child(first + place, community, given, middle, family, born, sex, postcode))
    return made


def _part(names: Sequence[str], part: int | None) -> Sequence[str]:
    return names if part is None else names[part::2]


def _drawn(dice: Random, names: Sequence[str]) -> str:
    """Draw a name: the first are the most frequent, with a long tail."""
    return dice.choices(names, [1 / (place + 25) for place in range(len(names))])[0]


def _family(dice: Random, names: Community, part: int | None) -> str:
    pool = _part(names.families, part)
    one, other = _drawn(dice, pool), _drawn(dice, pool)
    if dice.random() < names.double and one != other:
        return f"{one}{dice.choice('- ')}{other}"
    return one


def _postcode(dice: Random) -> str:
    district = f"{dice.choice(('NR', 'IP', 'PE', 'CB'))}{dice.randint(1, 34)}"
    letters = "".join(dice.choices(_LETTERS, k=2))
    return f"{district} {dice.randint(1, 9)}{letters}"


def _moved(dice: Random, postcode: str) -> str:
    """Return another postcode: as often as not one of the same district."""
    elsewhere = _postcode(dice)
    district, _ = postcode.split()
    return dice.choice((f"{district} {elsewhere.split()[1]}", elsewhere))


def _stated(dice: Random, child: Child) -> dict[str, Any]:
    """Return what one agency has on file, errors and all."""

    def slips(error: str) -> bool:
        return dice.random() < ERRORS[error]

    given, family = _misnamed(dice, child)
    stated = {"given_name": given, "family_name": family}
    if slips("names-swapped"):
        stated = {"given_name": family, "family_name": given}
    if not slips("no-birth"):
        stated["date_of_birth"] = _misdated(dice, child.born).isoformat()
    if not slips("no-sex"):
        stated["sex"] = _OTHER_SEX[child.sex] if slips("wrong-sex") else child.sex
    if not slips("no-postcode"):
        stated["postcode"] = _moved(dice, child.postcode) if slips("moved") else child.postcode
    return stated


def _misnamed(dice: Random, child: Child) -> tuple[str, str]:
    def slips(error: str) -> bool:
        return dice.random() < ERRORS[error]

    given, family = child.given, child.family
    if child.given in NICKNAMES and slips("nickname"):
        given = dice.choice(NICKNAMES[child.given])
    if slips("middle-name"):
        given = f"{given} {child.middle}"
    two = family.replace("-", " ").split()
    if len(two) > 1 and slips("one-of-two-families"):
        family = dice.choice(two)
    if slips("another-family"):
        family = _family(dice, COMMUNITIES[child.community], None)
    return _misspelt(dice, given), _misspelt(dice, family)


def _misspelt(dice: Random, name: str) -> str:
    if len(name) <= _SHORT:
        return name
    at = dice.randrange(1, len(name) - 1)
    if dice.random() < ERRORS["transposed"]:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    if dice.random() < ERRORS["letter"]:
        letter = dice.choice(ascii_lowercase)
        return name[:at] + dice.choice(("", letter, name[at] * 2)) + name[at + 1 :]
    return name.upper() if dice.random() < 0.1 else name  # noqa: PLR2004 - one system in ten shouts


def _misdated(dice: Random, born: date) -> date:
    if dice.random() < ERRORS["day-and-month"] and born.day <= _TWELFTH:
        return born.replace(month=born.day, day=born.month)
    if dice.random() < ERRORS["fifteenth"]:
        return born.replace(day=_FIFTEENTH)
    if dice.random() < ERRORS["digit-of-birth"]:
        return dice.choice((born + timedelta(days=1), born + timedelta(days=10), _year_off(born)))
    return born


def _year_off(born: date) -> date:
    return born.replace(year=born.year - 1, day=min(born.day, 28))
