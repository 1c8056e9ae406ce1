"""What may be asked of onward referrals? The parameters, checked all at once."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final, Literal

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from services.directory.question import Kind
from services.domain.moments import LONDON, london_day
from services.runtime.questions import CursorText, LimitText, MonthText, Paged, fault

MOST_MONTHS: Final = 60
USUAL_DAYS: Final = 365
MOST_DAYS: Final = 3_660
Period = tuple[datetime, datetime]


def _day(text: object) -> date:
    """Read an ISO day and nothing else."""
    if not isinstance(text, str) or len(text) != len("2026-01-31") or not text.isascii():
        raise ValueError("not a day")
    return date.fromisoformat(text)


_Day = Annotated[date, BeforeValidator(_day)]
Dimension = Literal["provider", "kind", "area", "sector"]
State = Literal["made", "accepted", "declined", "started", "ended"]


class Months(BaseModel):
    """Of which whole months, all of them past, and by what; of what is published one quarter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: MonthText = Field(alias="from", description="YYYY-MM, of London.")
    last: MonthText = Field(alias="to", description="YYYY-MM; past, and not before `from`.")
    by: Dimension | None = Field(None, description="Only this dimension; all without it.")
    format: Literal["json", "csv"] = "json"

    def period(self, now: datetime) -> Period:
        """Return [since, before). RequestValidationError if it is none, too long or not over."""
        since, before = _begin(self.first, 0), _begin(self.last, 1)
        if since >= before:
            raise RequestValidationError([fault("to", "before-from")])
        if before > now:
            raise RequestValidationError([fault("to", "month-not-complete")])
        if _begin(self.first, MOST_MONTHS) < before:
            raise RequestValidationError([fault("from", "too-many-months")])
        return since, before


class Own(Paged):
    """Which of one's own onward referrals, by the London day on which they were made."""

    first: _Day | None = Field(None, alias="from", description="Default: a year before `to`.")
    last: _Day | None = Field(None, alias="to", description="Included. Default: today.")
    state: State | None = None
    kind: Kind | None = None
    provider: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,100}$")] | None = Field(
        None, description="codes/provider.toml"
    )
    limit: LimitText = Field("100", description="1 to 500.")
    cursor: CursorText = None

    def days(self, today: date) -> tuple[date, date]:
        """Return first and last day. RequestValidationError if there is none, or they are many."""
        last = self.last or today
        first = self.first or max(last, date.min + timedelta(USUAL_DAYS)) - timedelta(USUAL_DAYS)
        if first > last:
            raise RequestValidationError([fault("to", "before-from")])
        if (last - first).days > MOST_DAYS:
            raise RequestValidationError([fault("from", "too-many-days")])
        return first, last

    def period(self, now: datetime) -> Period:
        """Return [since, before) of these days."""
        first, last = self.days(london_day(now))
        after = min(last, date.max - timedelta(days=1)) + timedelta(days=1)
        return _midnight(first), _midnight(after)


def _begin(month: str, after: int) -> datetime:
    """Return when a month begins in London, or one so many months after it."""
    months = int(month[:4]) * 12 + int(month[5:]) - 1 + after
    return _midnight(date(months // 12, months % 12 + 1, 1))


def _midnight(day: date) -> datetime:
    """Return when a day begins in London; the first day that there is has no earlier moment."""
    if day == date.min:
        return datetime.min.replace(tzinfo=UTC)
    return datetime.combine(day, time(), tzinfo=LONDON).astimezone(UTC)
