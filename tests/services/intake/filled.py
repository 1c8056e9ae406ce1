"""Tables as agencies fill them in: invented referrals, as CSV and as workbooks."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST: dict[str, Any] = {
    "time": "03/03/2026 22:10",
    "child.local_id": "S-1",
    "child.given_name": "Ada",
    "child.family_name": "Example",
    "child.date_of_birth": "11/02/2010",
    "child.sex": "f",
    "referral_ref": "R-1",
    "sent_to": "E10000020",
    "urgency": "Same day",
    "harms": "knife; County lines",
    "reason.why": "She was found with a knife; she is afraid.",
    "information.gp": "unknown: Not yet known",
    "history.previous_incidents_considered": "Yes",
    "practitioner.ref": "T-7",
    "practitioner.role": "teacher",
}


def row(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - what somebody types may be anything
    """A referral; `child__local_id` stands for the column `child.local_id`."""
    return FIRST | {name.replace("__", "."): value for name, value in more.items()}


def as_csv(rows: Sequence[dict[str, Any]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    names = list(dict.fromkeys(name for one in rows for name in one))
    writer = csv.DictWriter(out, names, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[dict[str, Any]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    names = list(dict.fromkeys(name for one in rows for name in one))
    sheet.append(names)
    for one in rows:
        sheet.append([one.get(name) for name in names])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
