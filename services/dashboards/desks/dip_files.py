"""The sample and the agreement of its readers as files, with what they were made by."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response

from services.dashboards.desk import Desk
from services.dashboards.desks.asked import AtDesk, By
from services.dashboards.desks.dip import (
    PATH,
    Month,
    Seed,
    agreed,
    compared,
    drawn,
    strata,
    stratum,
)
from services.dashboards.measure_files import FILES, attached
from services.dashboards.measure_tables import Book, Table
from services.dashboards.measures import MARKING
from services.runtime.web import answers, words

Kind = Annotated[Literal["csv", "xlsx", "ods"], Path(description="The same in each.")]
SAMPLE = ("Referral", "Child", "Agency", "Made (UTC)", "Drawn for", "Second reader")
STRATA = ("Drawn for", "Referrals", "Drawn", "At least")
AGREEMENT = ("Dimension", "Read twice", "Agreed", "Kappa", "Interval of 95%", "Note")


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    for what, file in (("sample", sample_file), ("agreement", agreement_file)):
        routes.get(
            f"{PATH}/{{month}}/{what}.{{kind}}",
            summary=f"The {what} as a file",
            operation_id=f"dip-{what}-file",
            response_class=Response,
            responses={
                200: {"content": dict(FILES), "description": "The file."},
                **answers(403, 422),
            },
        )(file)
    return routes


async def sample_file(desk: AtDesk, visitor: By, month: Month, seed: Seed, kind: Kind) -> Response:
    """Give the sample as a file, with what it was drawn by."""
    found = await drawn(desk, visitor, month, seed)
    return attached(sample_book(found, desk), f"dip-sample-{month}", kind)


async def agreement_file(
    desk: AtDesk,
    visitor: By,
    month: Month,
    kind: Kind,
    months: Annotated[str, Query(pattern=r"^([1-9]|1[0-9]|2[0-4])$")] = "6",
) -> Response:
    """Give the agreement as a file."""
    found = await compared(desk, visitor, month, months)
    cover = (
        ("Title", f"How readers agree, to {words.month(month)}"),
        ("Marking", MARKING),
        ("Last month", month),
        ("Months", months),
        ("Fewest pairs of which kappa is stated", str(found["least"])),
    )
    lines = tuple(tuple(line) for line in agreed(found, desk))
    table = Table("Agreement", "Agreement of two readers", AGREEMENT, lines)
    return attached(Book(cover, (), (table,)), f"agreement-{month}", kind)


def sample_book(found: Mapping[str, Any], desk: Desk) -> Book:
    """Lay a sample out as a file: by what it was drawn, the referrals, and the strata."""
    cover = (
        ("Title", f"Dip sample, {words.month(found['month'])}"),
        ("Marking", MARKING),
        ("Month", found["month"]),
        ("Seed", found["seed"]),
        ("Policy", found["policy_version"]),
        ("Referrals of the month", str(found["population"])),
        ("Drawn", str(found["drawn"])),
        ("To be read by a second reader, blind", str(found["second_readings"])),
        ("Sex not known", str(found["sex_unknown"])),
        ("Ethnicity not known", str(found["ethnicity_unknown"])),
    )
    referrals = tuple(
        (
            one["referral_ref"],
            one["child_ref"],
            desk.agency(one["agency"]),
            one["made_at"],
            ", ".join(stratum(each, desk) for each in one["strata"]),
            "yes" if one["second_reader"] else "no",
        )
        for one in found["items"]
    )
    drawn_for = tuple(tuple(line) for line in strata(found, desk))
    tables = (
        Table("Sample", "Referrals to read", SAMPLE, referrals),
        Table("Strata", "How it was drawn", STRATA, drawn_for),
    )
    return Book(cover, (), tables)
