"""Which months are counted, and what stands before them?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

YEAR = 12


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of London."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month of a day."""
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str) -> "Month":
        """Read `YYYY-MM`; ValueError for anything else."""
        year, _, number = text.partition("-")
        return cls.of(date(int(year), int(number), 1))

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    def after(self, months: int) -> "Month":
        """The month so many months later; of a negative number, earlier."""
        count = self.year * YEAR + self.number - 1 + months
        return Month(count // YEAR, count % YEAR + 1)

    def since(self, other: "Month") -> int:
        """How many months it is later than another."""
        return (self.year - other.year) * YEAR + self.number - other.number

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months, both included."""

    first: Month
    last: Month

    def __iter__(self) -> Iterator[Month]:
        return (self.first.after(place) for place in range(len(self)))

    def __len__(self) -> int:
        return self.last.since(self.first) + 1

    def __contains__(self, month: Month) -> bool:
        return self.first <= month <= self.last

    def earlier(self, months: int) -> "Period":
        """The period so many months before."""
        return Period(self.first.after(-months), self.last.after(-months))

    @property
    def before(self) -> "Period":
        """The period of the same length just before."""
        return self.earlier(len(self))

    @property
    def year_before(self) -> "Period":
        """The same months, a year before."""
        return self.earlier(YEAR)
