"""The sample and the agreement of its readers as files, with what they were made by."""

import csv
import io
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.dashboards.desks.asked import AtDesk, By
from services.dashboards.desks.dip import PATH, Month, Seed, agreed, compared, drawn, stratum
from services.runtime.web import answers


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    for what, file in (("sample", sample_file), ("agreement", agreement_file)):
        routes.get(
            f"{PATH}/{{month}}/{what}.csv",
            summary=f"The {what} as a file",
            operation_id=f"dip-{what}-file",
            response_class=Response,
            responses={
                200: {"content": {"text/csv": {}}, "description": "The file."},
                **answers(403, 422),
            },
        )(file)
    return routes


async def sample_file(
    desk: AtDesk,
    visitor: By,
    month: Month,
    seed: Seed,
) -> Response:
    """Give the sample as a file, with what it was drawn by."""
    found = await drawn(desk, visitor, month, seed)
    lines = [
        ["Referral", "Child", "Agency", "Made", "Strata", "Second reader"],
        *(
            [one["referral_ref"], one["child_ref"], one["agency"], one["made_at"],
             "; ".join(stratum(each, desk) for each in one["strata"]),
             "yes" if one["second_reader"] else "no"]
            for one in found["items"]
        ),
    ]  # fmt: skip
    about = [("Month", month), ("Seed", seed), ("Policy", found["policy_version"]),
             ("Referrals of the month", str(found["population"]))]  # fmt: skip
    return _file(about, lines, f"dip-sample-{month}.csv")


async def agreement_file(
    desk: AtDesk,
    visitor: By,
    month: Month,
    months: Annotated[str, Query(pattern=r"^([1-9]|1[0-9]|2[0-4])$")] = "6",
) -> Response:
    """Give the agreement as a file."""
    found = await compared(desk, visitor, month, months)
    head = ["Dimension", "Read twice", "Agreed", "Kappa", "Interval of 95%", "Note"]
    about = [("Last month", month), ("Months", months),
             ("Fewest pairs of which kappa is stated", str(found["least"]))]  # fmt: skip
    return _file(about, [head, *agreed(found, desk)], f"agreement-{month}.csv")


def _file(about: Sequence[tuple[str, str]], lines: Sequence[Sequence[str]], name: str) -> Response:
    """Write a file with its marking and what it was made by, and no formula in any cell."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["OFFICIAL-SENSITIVE"])
    writer.writerows([[_cell(cell) for cell in line] for line in (*about, (), *lines)])
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    content = out.getvalue().encode("utf-8-sig")
    return Response(content, headers=headers, media_type="text/csv; charset=utf-8")


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
