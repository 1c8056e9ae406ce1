"""What is offered to which children, where, and until when?

A row is one service as the directory holds it (schemas/directory/schema/row.json); what it does not
state is not known, and never excludes a child.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID, uuid5

NO_END: Final = "no-end"
UNKNOWN: Final = "unknown"
ACTIVE: Final = "active"
NAMES: Final = "5d0bb0f0-6a3c-5a55-9d43-6f6d1c2d5f11"
"""What every id that we make is made under."""

Row = Mapping[str, Any]
Funding = Literal["day", "no-end", "unknown"]


class RowFault(NamedTuple):
    """What is wrong with a field of a row besides its shape."""

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Areas:
    """Which areas there are, by ONS code: names, and which lies within which."""

    names: Mapping[str, str]
    within: Mapping[str, str]

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> "Areas":
        """Read areas.toml; ValueError names every area that lies within an unknown one."""
        stated = content.get("areas", {})
        names = {code: str(area["name"]) for code, area in stated.items()}
        within = {code: area["within"] for code, area in stated.items() if "within" in area}
        faults = [f"/areas/{code}/within" for code, outer in within.items() if outer not in names]
        faults += [f"/areas/{code}/within" for code in within if _circular(code, within)]
        if faults:
            raise ValueError("areas.toml: " + "; ".join(faults))
        return cls(names, within)

    def serves(self, offered: Iterable[str], asked: str) -> bool:
        """Whether what is offered in some areas reaches an area, or a part of it."""
        reach = set(self.up_from(asked))
        return any(area in reach or asked in self.up_from(area) for area in offered)

    def up_from(self, area: str) -> Iterator[str]:
        """Yield an area and every area that it lies within."""
        at: str | None = area
        while at is not None:
            yield at
            at = self.within.get(at)

    @property
    def smallest(self) -> tuple[str, ...]:
        """The areas that no other lies within: those that gaps are looked for in."""
        return tuple(code for code in self.names if code not in self.within.values())


def _circular(area: str, within: Mapping[str, str]) -> bool:
    seen, at = set[str](), within.get(area)
    while at is not None and at not in seen:
        seen.add(at)
        at = within.get(at)
    return at is not None


@dataclass(frozen=True, slots=True)
class Offer:
    """One service as it is held: `row` is all that is stated of it."""

    id: str
    row: Row

    @classmethod
    def of(cls, row: Row) -> "Offer":
        """Return the offer of a row without faults."""
        return cls(str(row["id"]), row)

    @property
    def funded_until(self) -> date | None:
        """The last day that is paid for; None where there is no end, or none is known."""
        stated = self.row["funded_until"]
        return None if stated in {NO_END, UNKNOWN} else date.fromisoformat(stated)

    @property
    def funding(self) -> Funding:
        """Whether funding ends on a day, does not end, or nobody has said."""
        stated = self.row["funded_until"]
        return stated if stated in {NO_END, UNKNOWN} else "day"

    @property
    def running(self) -> bool:
        """Whether the service is there at all."""
        return bool(self.row.get("status", ACTIVE) == ACTIVE)

    @property
    def open(self) -> bool:
        """Whether it takes referrals now."""
        return self.running and bool(self.row["open_to_referrals"])

    def funded_on(self, day: date) -> bool | None:
        """Whether a day is paid for; None where nobody has said."""
        if self.funding == UNKNOWN:
            return None
        until = self.funded_until
        return until is None or day <= until


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None is anything."""

    need: str | None = None
    kind: str | None = None
    age: int | None = None
    area: str | None = None
    sex: str | None = None
    type: str | None = None
    provider: str | None = None
    approach: str | None = None
    setting: str | None = None
    open: bool | None = None
    prevention: bool | None = None
    words: str | None = None


def found(offers: Iterable[Offer], wanted: Wanted, areas: Areas) -> list[Offer]:
    """Return the running offers that suit, by name."""
    suiting = [offer for offer in offers if offer.running and suits(offer, wanted, areas)]
    return sorted(suiting, key=lambda offer: (str(offer.row["name"]).casefold(), offer.id))


def suits(offer: Offer, wanted: Wanted, areas: Areas) -> bool:
    """Whether an offer is what is looked for; what it does not state does not exclude it."""
    row = offer.row
    return (
        all(
            asked is None or row.get(name) == asked
            for name, asked in (
                ("kind", wanted.kind),
                ("type", wanted.type),
                ("provider", wanted.provider),
                ("approach", wanted.approach),
            )
        )
        and (wanted.need is None or wanted.need in row["needs"])
        and (wanted.setting is None or wanted.setting in row.get("settings", [wanted.setting]))
        and (wanted.sex is None or wanted.sex in row.get("sexes", [wanted.sex]))
        and (wanted.age is None or of_age(row, wanted.age))
        and (wanted.area is None or areas.serves(row["areas"], wanted.area))
        and (wanted.open is None or offer.open == wanted.open)
        and (wanted.prevention is None or bool(row.get("prevention")) == wanted.prevention)
        and (wanted.words is None or mentions(row, wanted.words))
    )


def of_age(row: Row, age: int) -> bool:
    """Whether a service is for children of an age, both ends included."""
    return bool(row.get("minimum_age", age) <= age <= row.get("maximum_age", age))


def mentions(row: Row, words: str) -> bool:
    """Whether name, description or organization of a service hold each of the words."""
    texts = (row["name"], row["description"], row["organization"])
    said = " ".join(map(str, texts)).casefold()
    return all(word in said for word in words.casefold().split())


def identified(row: Row) -> dict[str, Any]:
    """Return a row with an id: its own, else the one that provider and name always give."""
    key = f"{row.get('provider')}\n{row.get('name')}"
    return {**row, "id": str(UUID(row["id"])) if "id" in row else str(uuid5(UUID(NAMES), key))}


def part_id(of: str, part: str) -> str:
    """Return the id of a part of a service, the same each time."""
    return str(uuid5(UUID(of), part))


def text_faults(row: Row) -> list[RowFault]:
    """Say which fields of a row, whatever its shape, hold what cannot be shown or kept."""
    words = "This holds a character that is no text."
    return [
        RowFault(name, "control-character", words)
        for name, value in row.items()
        if not _is_text(value)
    ]


def row_faults(row: Row) -> list[RowFault]:
    """Say what is wrong with a row whose shape is right."""
    faults = []
    if row.get("minimum_age", 0) > row.get("maximum_age", row.get("minimum_age", 0)):
        faults.append(RowFault("maximum_age", "out-of-range", "This is below the minimum age."))
    if row.get("prevention") and "approach" not in row:
        faults.append(RowFault("approach", "required", "Prevention states its approach."))
    if not _is_end(row["funded_until"]):
        words = "This must be a date like 2027-03-31, no-end or unknown."
        faults.append(RowFault("funded_until", "bad-format", words))
    return faults


def _is_end(stated: str) -> bool:
    if stated in {NO_END, UNKNOWN}:
        return True
    try:
        return date.fromisoformat(stated).isoformat() == stated
    except ValueError:
        return False


def _is_text(value: object) -> bool:
    """Whether a text, or each within, holds nothing that cannot be shown or kept."""
    if isinstance(value, list):
        return all(map(_is_text, value))
    if isinstance(value, dict):
        return all(_is_text(key) and _is_text(part) for key, part in value.items())
    return not isinstance(value, str) or all(char.isprintable() or char == "\n" for char in value)
