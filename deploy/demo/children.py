"""Who are the county's children? Invented from a number; no real name or number."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from deploy.demo.county import County, coded
from deploy.demo.office_days import london_day

_GIVEN = (
    "Brindle", "Cobalt", "Dapple", "Ember", "Fennel", "Gossamer", "Harbour", "Indigo",
    "Juniper", "Kestrel", "Larkspur", "Marigold", "Nettle", "Orchard", "Pebble", "Quillon",
    "Rowanberry", "Saffron", "Thistle", "Umberto-Moss", "Velvet", "Willowherb", "Yarrow",
    "Zinnia",
)  # fmt: skip
_FAMILY = tuple(
    first + last
    for first in (
        "Lantern", "Moon", "Otter", "Pine", "Quartz", "Reed", "Salt", "Thorn", "Umber", "Vinter",
        "Wherry", "Yonder", "Zephyr", "Apple", "Bramble", "Cloud", "Drift", "Elder", "Fox", "Gull",
        "Hazel", "Ink", "Jackdaw", "Kittie",
    )
    for last in (
        "field", "brook", "stone", "whistle", "meadow", "marrow", "marsh", "apple", "wick", "man",
        "ley", "hill", "cote", "berry", "wood", "glade", "hurst", "haven", "mere", "penny", "son",
        "wake", "fold", "combe",
    )
)  # fmt: skip
"""So many that, as in a real county, hardly two children share both names and birth date."""
_ETHNICITIES = {
    "WBRI": 83.0, "WOTH": 6.0, "WIRT": 0.4, "WROM": 0.6, "WIRI": 0.3, "MWBC": 1.2, "MWBA": 1.0,
    "MWAS": 0.9, "MOTH": 1.1, "AIND": 0.6, "APKN": 0.3, "ABAN": 0.4, "CHNE": 0.3, "AOTH": 0.7,
    "BCRB": 0.4, "BAFR": 0.9, "BOTH": 0.3, "OOTH": 0.6, "REFU": 0.3, "NOBT": 0.7,
}  # fmt: skip
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_RANGE = 500_000  # 999 0… to 999 4…: the demo's share of the test range
_SPREAD = 314_159  # shares no factor with the range: numbers do not follow one another
_NO_SUCH_DIGIT = 10
_AGES = {"teenagers": (12, 17), "pupils": (4, 15), "all": (0, 15)}


def nhs_number(serial: int) -> str | None:
    """Return the test number 999 0… to 4… of a serial, or None where there is no check digit."""
    digits = [9, 9, 9, *(int(c) for c in f"{serial * _SPREAD % _RANGE:06d}")]
    check = -sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11
    return None if check == _NO_SUCH_DIGIT else "".join(map(str, [*digits, check]))


def pupil_number(serial: int) -> str:
    """Return a unique pupil number of authority 999, which is nobody's."""
    digits = f"999{serial:09d}"
    total = sum(int(c) * place for place, c in enumerate(digits, start=2))
    return _UPN_LETTERS[total % 23] + digits


@dataclass(slots=True)
class Child:
    """A child as the county knows it; `known_by` says by which number the records can be joined."""

    serial: int
    given_name: str
    family_name: str
    born_on: date
    sex: str
    ethnicity: str
    postcode: str
    nhs: str
    upn: str
    known_by: str  # "nhs", "upn", "referral" (only a shared referral joins) or "nothing"

    def as_known_to(self, agency: str, county: County, *, in_full: bool) -> dict[str, Any]:
        """Return the `child` of an event as this agency states it."""
        stated: dict[str, Any] = {
            "local_id": f"{agency.removeprefix('norfolk-')}-{county.tag}{coded(self.serial, 4)}",
            "given_name": self.given_name,
            "family_name": self.family_name,
            "date_of_birth": self.born_on.isoformat(),
            "sex": self.sex,
            "ethnicity": self.ethnicity,
            "area": "E10000020",
        }
        if in_full:
            stated["postcode"] = self.postcode
        if self.known_by == "nhs":
            stated["nhs_number"] = self.nhs
        if self.known_by == "upn":
            stated["upn"] = self.upn
        return stated


def _birth_date(rng: Random, county: County, youngest: int, oldest: int) -> date:
    """Return a birth date: `youngest` when the year starts, not yet `oldest` + 1 at its end."""
    first = london_day(county.until) - timedelta(days=(oldest + 1) * 365 + oldest // 4 - 10)
    last = london_day(county.since) - timedelta(days=youngest * 366 + 1)
    return first + timedelta(days=rng.randrange(max(1, (last - first).days)))


def born(rng: Random, county: County, serial: int, *, pool: str) -> Child:
    """Return the child of a serial: of the `teenagers`, the `pupils` or `all` ages under 16."""
    number = next(filter(None, map(nhs_number, range(serial * 4, serial * 4 + 4))))
    return Child(
        serial=serial,
        given_name=rng.choice(_GIVEN),
        family_name=rng.choice(_FAMILY),
        born_on=_birth_date(rng, county, *_AGES[pool]),
        sex="F" if rng.random() < (0.3 if pool == "teenagers" else 0.48) else "M",
        ethnicity=rng.choices(list(_ETHNICITIES), weights=list(_ETHNICITIES.values()))[0],
        postcode=f"ZZ99 {rng.randint(3, 9)}{rng.choice('ABDEFGH')}{rng.choice('ABDEFGH')}",
        nhs=number,
        upn=pupil_number(serial),
        known_by=rng.choices(("nhs", "upn", "referral"), weights=(70, 12, 18))[0],
    )
