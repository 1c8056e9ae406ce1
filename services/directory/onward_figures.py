"""How are figures of onward referrals written: as JSON, and as a sheet?"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.directory.desk import Desk
from services.directory.onward_question import Months
from services.directory.onward_store import Release
from services.domain.moments import stamp
from services.domain.onward_measures import COLUMNS, Row

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Figures:
    """Rows, the numbers of policy that they were counted by, and as at when; of which release."""

    rows: list[Row]
    within: int
    fewest: int
    as_of: datetime
    release: Release | None = None


def written(rows: Iterable[Row], asked: Months) -> bytes:
    """Write figures as CSV that no spreadsheet takes for formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("from", "to", "dimension", "group", *COLUMNS))
    for row in rows:
        line = (asked.first, asked.last, row.dimension, row.group, *row.values)
        writer.writerow([_safe(value) for value in line])
    return out.getvalue().encode("utf-8-sig")


def told(found: Figures, asked: Months, desk: Desk) -> dict[str, Any]:
    """Lay out figures as JSON, with what each word means for who reads it."""
    return {
        "from": asked.first,
        "to": asked.last,
        "as_of": stamp(found.as_of),
        "release": None if found.release is None else found.release.told(),
        "referred_again_within_days": found.within,
        "fewest_for_a_median": found.fewest,
        "rows": [
            {
                "dimension": row.dimension,
                "group": row.group,
                "label": _label(row, desk),
                **dict(zip(COLUMNS, row.values, strict=True)),
            }
            for row in found.rows
        ],
    }


def _label(row: Row, desk: Desk) -> str:
    return desk.catalogue.labels.get(row.dimension, {}).get(row.group, row.group)


def _safe(value: object) -> object:
    """Return a value so that a spreadsheet shows it and never runs it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
