"""Where does what is offered end soon, and where is nothing offered at all?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal, NamedTuple

from services.domain.numbers import STANDINGS, is_text
from services.domain.offers import UNKNOWN, Areas, Offer, Wanted, found

State = Literal["covered", "ending", "closed", "none"]
_MONTHS: Final = 12
_SENSE: Final[Mapping[str, tuple[int, int, str]]] = {
    "ends_within": (1, 36, "months"),
    "assured_within": (1, 60, "months"),
    "referred_again_within": (1, 730, "days"),
    "fewest_for_a_median": (6, 1_000, "children"),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of policy of the directory (schemas/policy/directory.toml)."""

    ends_within: int
    assured_within: int
    referred_again_within: int
    fewest_for_a_median: int

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> "Limits":
        """Read directory.toml; ValueError names every number that is missing or out of sense."""
        numbers = content.get("numbers", {})
        faults = [
            f"/numbers/{name}"
            for name, sense in _SENSE.items()
            if not _sound(numbers.get(name, {}), *sense)
        ] + [f"/numbers/{name}: unknown" for name in numbers if name not in _SENSE]
        if faults:
            raise ValueError("directory.toml: " + "; ".join(faults))
        return cls(**{name: numbers[name]["value"] for name in _SENSE})


class Cell(NamedTuple):
    """What is there for one need in one area: how many offers, and how many of them are open.

    `lasting`: of the open ones, those known to be paid for beyond the horizon; `unknown`: those of
    which nobody has said how long.
    """

    need: str
    area: str
    offers: int
    open: int
    lasting: int
    unknown: int
    state: State


def _sound(number: Mapping[str, Any], least: int, most: int, unit: str) -> bool:
    value = number.get("value")
    return (
        type(value) is int
        and least <= value <= most
        and number.get("unit") == unit
        and is_text(number.get("source"))
        and number.get("standing") in STANDINGS
    )


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of that month."""
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    first = date(year, month + 1, 1)
    return min(first + timedelta(days=day.day - 1), _last_of(first))


def _last_of(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def ending(offers: Iterable[Offer], until: date) -> list[Offer]:
    """Return the running offers whose funding ends by a day, or has; the next to end first."""
    dated = [(offer.funded_until, offer) for offer in offers if offer.running]
    due = [(end, offer.id, offer) for end, offer in dated if end is not None and end <= until]
    return [offer for *_, offer in sorted(due, key=lambda one: one[:2])]


def unsaid(offers: Iterable[Offer]) -> list[Offer]:
    """Return the running offers of which nobody has said until when they are funded, by id."""
    return sorted(
        (offer for offer in offers if offer.running and offer.funding == UNKNOWN),
        key=lambda offer: offer.id,
    )


def cells(offers: Sequence[Offer], needs: Iterable[str], areas: Areas, until: date) -> list[Cell]:
    """Say for each need in each smallest area what is offered, and what lasts beyond a day."""
    return [
        _cell(need, area, found(offers, Wanted(need=need, area=area), areas), until)
        for need in needs
        for area in areas.smallest
    ]


def _cell(need: str, area: str, there: Sequence[Offer], until: date) -> Cell:
    opened = [offer for offer in there if offer.open]
    lasts = [offer.funded_on(until + timedelta(days=1)) for offer in opened]
    state: State = "covered"
    if not there:
        state = "none"
    elif not opened:
        state = "closed"
    elif all(one is False for one in lasts):
        state = "ending"
    return Cell(need, area, len(there), len(opened), lasts.count(True), lasts.count(None), state)
