"""What is asked of every service alike: each parameter once, and a fault of one named alike.

Pydantic's own leniency (1_0 for a number, on for true) would make two spellings of one question:
parameters are texts of one pattern each, whose digits are 0 to 9 and none of another script.
"""

import re
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from services.domain.measures.months import YEAR, Month, Period
from services.domain.moments import moment
from services.domain.releases.grid import Grid

_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)


def _moment(text: object) -> datetime:
    """Read an RFC 3339 moment and nothing else; one that was read before is as it is."""
    if isinstance(text, datetime) and text.tzinfo is not None:
        return text
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise ValueError("not a moment")
    try:
        return moment(text.upper())
    except OverflowError:
        raise ValueError("not a moment") from None


Moment = Annotated[datetime, BeforeValidator(_moment)]
MonthText = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
"""A month of this century: YYYY-MM."""
Text = Annotated[
    str, StringConstraints(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")
]
LimitText = Annotated[str, StringConstraints(pattern=r"^([1-9]|[1-9][0-9]|[1-4][0-9]{2}|500)$")]
"""How many items a page may have: 1 to 500."""
CursorText = Annotated[
    Annotated[str, StringConstraints(max_length=2000)] | None,
    Field(description="`next` of the page before; everything else must be asked as before."),
]


class Paged(BaseModel):
    """A question that is answered in pages, by `limit` and `cursor` where it has them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def stated(self) -> dict[str, object]:
        """What narrows the question, by name; of pages nothing."""
        return self.model_dump(exclude={"limit", "cursor"}, exclude_none=True)

    def digest(self, *reader: object) -> str:
        """Tell this question by this reader from any other; its pages share the digest."""
        asked = self.model_dump_json(exclude={"limit", "cursor"})
        return sha256("|".join((asked, *map(str, reader))).encode()).hexdigest()[:16]


def each_once(question: type[BaseModel]) -> Callable[[Request], None]:
    """Refuse a parameter of a question stated twice: either value would be a guess."""

    def check(request: Request) -> None:
        stated = [name for name, _ in request.query_params.multi_items()]
        names = {field.alias or name for name, field in question.model_fields.items()}
        twice = {name for name in names if stated.count(name) > 1}
        if twice:
            raise RequestValidationError([fault(name, "repeated") for name in sorted(twice)])

    return check


def fault(parameter: str, code: str, message: str | None = None) -> dict[str, object]:
    """Name what is wrong with a parameter, as FastAPI does; `message` says what is allowed."""
    said = {} if message is None else {"message": message}
    return {"loc": ("query", parameter), "type": code, **said}


def whole_block(grid: Grid, first: str, last: str) -> Period:
    """Return the block of months that two months bound, of which alone figures are published.

    Raises RequestValidationError that names what is off the grid, and says what is on it.
    """
    asked = Period(Month.read(first), Month.read(last))
    starts = range(1, YEAR + 1, grid.block)
    allowed = {
        "from": f"The first month of a block: {', '.join(f'{each:02}' for each in starts)}.",
        "to": f"The last month of the block of {grid.block} that `from` is in.",
    }
    faults = [fault(end, "off-the-grid", allowed[end]) for end in grid.off(asked)]
    if faults:
        raise RequestValidationError(faults)
    return asked
