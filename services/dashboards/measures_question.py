"""What may be asked of a measure? The parameters of `GET /api/v1/measures/{measure}`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.domain.measures.months import YEAR, Month, Period
from services.domain.moments import london_day, stamp
from services.runtime.questions import Moment, MonthText, fault

MOST_MONTHS: Final = 60
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
USUAL_MONTHS: Final = 2 * YEAR
GROUPED: Final = ("age", "area", "ethnicity", "sex", "unit")
"""The dimensions of which counts are kept by one or two, in the order in which they are kept."""

Dimension = Literal["agency", "age", "area", "ethnicity", "sex", "unit"]
Format = Literal["json", "csv", "xlsx", "ods", "svg"]
_NAMES: Final = "(agency|age|area|ethnicity|sex|unit)"
_By = Annotated[str, StringConstraints(pattern=f"^{_NAMES}(,{_NAMES})?$")]
_Group = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9+. -]+$")
]


class Narrowed(BaseModel):
    """Of which months and groups, as at when, and as it was believed when."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: MonthText | None = Field(
        None, alias="from", description="YYYY-MM. Default: 24 months up to `to`."
    )
    last: MonthText | None = Field(
        None, alias="to", description="YYYY-MM. Default: the last complete month at `as_of`."
    )
    agency: _Group | None = Field(None, description="Only what this agency owes.")
    age: _Group | None = None
    area: _Group | None = None
    ethnicity: _Group | None = None
    sex: _Group | None = None
    unit: _Group | None = None
    as_of: Moment | None = Field(
        None, description="RFC 3339; what fell due later is not counted. Default: now."
    )
    known_at: Moment | None = Field(
        None, description="RFC 3339; what was believed then. Default: all that is known."
    )

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What rows are told apart by, in the order asked for."""
        return ()

    @property
    def only(self) -> Mapping[str, str]:
        """By dimension: the group to which counts are narrowed."""
        stated = {name: getattr(self, name) for name in ("agency", *GROUPED)}
        return {name: group for name, group in stated.items() if group is not None}

    def address(self, *without: str) -> dict[str, str]:
        """What is asked, as it stands in an address, but for fields that are left out."""
        asked = self.model_dump(by_alias=True, exclude_none=True, exclude=set(without))
        return {
            name: stamp(value) if isinstance(value, datetime) else value
            for name, value in asked.items()
        }

    def period(self, as_of: datetime) -> Period:
        """Return the months asked for. RequestValidationError if there are none, or too many."""
        if as_of < EARLIEST:
            raise RequestValidationError([fault("as_of", "too-early")])
        complete = Month.of(london_day(as_of)).after(-1)
        last = Month.read(self.last) if self.last else complete
        first = Month.read(self.first) if self.first else last.after(1 - USUAL_MONTHS)
        if first > last:
            raise RequestValidationError([fault("to", "before-from")])
        if last.since(first) >= MOST_MONTHS:
            raise RequestValidationError([fault("from", "too-many-months")])
        return Period(first, last)

    def places(self) -> tuple[str, str]:
        """Name the dimensions that are counted by; '' for none. RequestValidationError of three."""
        wanted = dict.fromkeys((*self.dimensions, *self.only))
        kept = [name for name in GROUPED if name in wanted]
        if len(kept) > 2 or len(set(self.dimensions)) < len(self.dimensions):  # noqa: PLR2004 - of one or two counts are kept
            raise RequestValidationError([fault("by", "too-many-dimensions")])
        one, two, *_ = (*kept, "", "")
        return one, two


class MeasureQuestion(Narrowed):
    """The same, by what, and in which format."""

    by: _By | None = Field(
        None, description="One or two of agency, age, area, ethnicity, sex, unit; a comma between."
    )
    format: Format = Field(
        "json",
        description="svg: the picture of the groups of one dimension, else of the months.",
    )

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What rows are told apart by, in the order asked for."""
        return tuple(self.by.split(",")) if self.by else ()
