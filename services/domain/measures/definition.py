"""What is a measure: in words, and in code?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from services.domain.chronology import Folded
from services.domain.events import Event
from services.domain.incidents import Ref
from services.domain.policy import Policy

Direction = Literal["good", "bad", "neutral"]
"""Whether more of the numerator is better, worse or neither."""

OWNER: Final = "Referral Watch, for the Police and Crime Commissioner"


class Counted(NamedTuple):
    """One unit of a denominator: what it is judged by, who owes it, on which moment it counts.

    `met` is None where no feed would tell us: missing data, neither met nor not. `more` tells two
    units of one ref apart.
    """

    judged: Ref
    anchor: Event
    agency: str
    at: datetime
    met: bool | None
    more: tuple[str, ...] = ()
    referral_ref: str | None = None


Find = Callable[[Folded, Policy], Iterable[Counted]]


@dataclass(frozen=True, slots=True)
class Change:
    """What a version of a definition changed, and when it came into use."""

    version: int
    since: date
    what: str


FIRST: Final = (Change(1, date(2026, 11, 26), "First version."),)


@dataclass(frozen=True, slots=True)
class Measure:
    """A versioned definition, in words and in code.

    `anchors` are the types of event that units hang on: without any of them nothing is counted.
    `day` says on which day a unit counts; `rule` is the rule whose gaps are the numerator's
    complement, where there is one.
    """

    id: str
    title: str
    lesson: str
    denominator: str
    numerator: str
    day: str
    direction: Direction
    anchors: frozenset[str]
    find: Find
    rule: str | None = None
    limits: tuple[str, ...] = ()
    changes: tuple[Change, ...] = FIRST
    owner: str = OWNER

    @property
    def version(self) -> int:
        """The version in use: that of the last change."""
        return self.changes[-1].version
