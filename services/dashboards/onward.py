"""What becomes of referrals to services? As the directory counts them, small numbers hidden.

Who may see cases is shown the last twelve months; who may not, a quarter that was published. A page
and every file are made of one answer.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field

from services.dashboards import measures_released
from services.dashboards.desk import Desk
from services.dashboards.elsewhere import Elsewhere
from services.dashboards.measure_tables import SHORTHAND, Book, Table
from services.dashboards.measures import MARKING, NOTE
from services.domain.measures.months import Month, Period
from services.domain.moments import london_day
from services.domain.onward_measures import COLUMNS, TOTAL
from services.domain.onward_tree import MADE
from services.domain.suppression import HIDDEN
from services.runtime import clock
from services.runtime.auth import Caller
from services.runtime.questions import MonthText, fault
from services.runtime.web import asking, words
from services.runtime.web.charts import Bar, Chart, Named, bars

API: Final = "/api/v1/onward"
MONTHS: Final = 12
TITLE: Final = "Referrals to services"
BY: Final = {"provider": "Provider", "kind": "Kind", "area": "Area", "sector": "Sector"}
HEADS: Final[Mapping[str, str]] = {
    name: name.replace("_", " ").capitalize() for name in COLUMNS
} | {"helped": "Child says it helped", "did_not_help": "Child says it did not help"}
"""By column of the directory: what it is called in tables."""
WHY: Final = (
    'Numbers from 1 to 5 are hidden as "c", and others with them, so that no small number can be '
    "worked out. 0 is shown as 0."
)


class Asked(BaseModel):
    """By what, and of which quarter that was published."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Literal["provider", "kind", "area", "sector"] = "kind"
    quarter: MonthText | None = Field(
        None, description="Its first month; for who is shown what was published. Default: the last."
    )


async def quarters(desk: Desk, caller: Caller) -> list[Period] | None:
    """Return what was published, the last first; None for who may ask for any months."""
    if not measures_released.may(caller):
        return None
    return await measures_released.published(desk, caller, "onward")


def chosen(found: Sequence[Period] | None, first: str | None) -> Period | None:
    """Return the months to show, None where none was published.

    RequestValidationError for a quarter that is not among what was published.
    """
    wanted = [each for each in found or () if first in {None, str(each.first)}]
    if first is not None and not wanted:
        raise RequestValidationError([fault("quarter", "not-released")])
    if found is None:
        last = Month.of(london_day(clock.now())).after(-1)
        return Period(last.after(1 - MONTHS), last)
    return next(iter(wanted), None)


async def answer(
    elsewhere: Elsewhere, caller: Caller, period: Period, asked: Asked
) -> dict[str, Any]:
    """Ask the directory in the caller's name. Raises Away; Forbidden where nothing is shown."""
    months = {"from": str(period.first), "to": str(period.last)}
    found = await elsewhere.get(
        caller, "directory", "/api/v1/onward/measures", by=asked.by, **months
    )
    rows = [{**row, "label": _label(row)} for row in found["rows"]]
    return {
        "marking": MARKING,
        "note": NOTE,
        **months,
        "by": asked.by,
        "as_of": found["as_of"],
        "release": found["release"],
        "referred_again_within_days": found["referred_again_within_days"],
        "fewest_for_a_median": found["fewest_for_a_median"],
        "suppression": {"applied": True, "why": WHY},
        "total": next((row for row in rows if row["group"] == TOTAL), None),
        "rows": [row for row in rows if row["group"] != TOTAL],
    }


def _label(row: Mapping[str, Any]) -> str:
    """Write what a row is of: where the directory has only a code for it, as words."""
    label: str = row["label"]
    return label if label != row["group"] else label.replace("-", " ").capitalize()


def picture(said: Mapping[str, Any]) -> Chart:
    """Draw how many referrals were made, by group."""
    by = BY[said["by"]]
    made = [
        Bar(row["label"], float(row[MADE]) if isinstance(row[MADE], int) else None, str(row[MADE]))
        for row in said["rows"]
    ]
    named = Named("onward-made", f"Referrals to services made, by {by.lower()}", _says(said))
    file = file_of(said, "svg")
    return bars(named, made, lambda count: f"{count:,.0f}", by).at(file)


def _says(said: Mapping[str, Any]) -> str:
    """Say of how many referrals there are figures, and where most of those shown were made."""
    total = None if said["total"] is None else said["total"][MADE]
    shown = [row for row in said["rows"] if isinstance(row[MADE], int) and row[MADE]]
    months = f"{words.month(said['from'])} to {words.month(said['to'])}"
    if total == HIDDEN:
        found = f"How many referrals were made, {months}, is hidden."
    else:
        found = f"{words.plural(int(total or 0), 'referral was', 'referrals were')} made, {months}."
    if not shown:
        return found
    most = max(shown, key=lambda row: row[MADE])
    return f"{found} Of the groups shown most were made of: {most['label']} ({most[MADE]:,})."


def file_of(said: Mapping[str, Any], kind: str) -> str:
    """Return where the same figures are as a file."""
    quarter = said["from"] if said["release"] is not None else None
    return asking(API, {"by": said["by"], "quarter": quarter, "format": kind})


def table(said: Mapping[str, Any]) -> Table:
    """Lay every figure out, all groups together last."""
    by = BY[said["by"]]
    rows = [*said["rows"], *([] if said["total"] is None else [said["total"]])]
    return Table(
        "Onward",
        f"What became of referrals to services, by {by.lower()}",
        (by, f"{by} name", *(HEADS[name] for name in COLUMNS)),
        tuple((row["group"], row["label"], *(row[name] for name in COLUMNS)) for row in rows),
    )


def book(said: Mapping[str, Any]) -> Book:
    """Lay an answer out as a file: cover, notes, table."""
    release = said["release"]
    cover = (
        ("Title", f"{TITLE}: what became of them"),
        ("Marking", said["marking"]),
        ("From", said["from"]),
        ("To", said["to"]),
        ("Counts in the month", "in which the referral was made"),
        ("By", said["by"]),
        ("As of", said["as_of"]),
        ("Release", "none: live" if release is None else str(release["number"])),
        ("Hidden numbers", said["suppression"]["why"]),
        ("Status", said["note"]),
    )
    notes = (
        _says(said),
        f"Referred again: within {said['referred_again_within_days']} days of a decline.",
        f"A median is told of {said['fewest_for_a_median']} or more.",
        f"c: {SHORTHAND['c']}",
        ":: there is nobody to take a median of",
    )
    return Book(cover, notes, (table(said),))
