"""Which referrals of a month does a reviewer read again, and blind where another has read first?"""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from msgspec import json

from services.dashboards import dip_samples
from services.dashboards.desk import Desk
from services.dashboards.desks.asked import AtDesk, By
from services.dashboards.desks.child import digest
from services.dashboards.desks.forms import REFUSALS
from services.dashboards.desks.words import short, spoken
from services.dashboards.handlers import Forbidden
from services.dashboards.measure_files import WORDS
from services.domain.dip_strata import month_of
from services.domain.events import Event
from services.domain.grades import GRADED
from services.domain.moments import moment
from services.runtime import clock
from services.runtime.asking import asking
from services.runtime.web import Visitor, answers, months, web_of, words

PATH: Final = "/dip-samples"
DONE: Final = {"read": "Your grades are on record.", "own": REFUSALS["own-reading"]}
MONTHS: Final = tuple(
    (str(count), "1 month" if count == 1 else f"{count} months") for count in (1, 3, 6, 12, 24)
)
Month = Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Seed = Annotated[str, Query(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
READ: Final = """
SELECT child_ref, body FROM chronology.seen_history
WHERE type = ANY($2::text[]) AND child_ref = ANY($1::text[]) ORDER BY time, source, id
"""
_STANDING: Final = {
    "stated": "",
    "too-few": "Too few pairs to say",
    "no-variation": "One grade only: kappa says nothing",
}


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    for path, summary, name, does in (
        (PATH, "Draw a dip sample", "page-dip-samples", begin),
        (f"{PATH}/{{month}}", "A month's dip sample", "page-dip-sample", sample),
        (f"{PATH}/{{month}}/agreement", "How readers agree", "page-agreement", agreement),
    ):
        routes.get(
            path,
            summary=summary,
            operation_id=name,
            response_class=HTMLResponse,
            responses=answers(403, 422),
        )(does)
    return routes


async def begin(request: Request, visitor: By) -> Response:
    """Ask for month and seed; go to the sample where both were chosen."""
    visitor.require("qa-reviewer")
    month, seed = request.query_params.get("month", ""), request.query_params.get("seed", "")
    if month and seed:
        return RedirectResponse(f"{PATH}/{month}?seed={seed}", 303)
    return web_of(request).page(
        request,
        visitor,
        "desks/dip.html",
        title="Dip samples",
        months=months.choices(clock.now(), most=24),
        seed=seed,
    )


async def sample(  # noqa: PLR0913 - what is asked
    request: Request,
    desk: AtDesk,
    visitor: By,
    month: Month,
    seed: Seed,
    done: Annotated[str, Query(max_length=5)] = "",
) -> Response:
    """Show a month's sample, and which of it has been read."""
    found = await drawn(desk, visitor, month, seed)
    counted = await readings(desk, visitor, found)
    return web_of(request).page(
        request,
        visitor,
        "desks/sample.html",
        title=f"Dip sample, {words.month(month)}",
        breadcrumbs=[("Dip samples", PATH), (words.month(month), None)],
        found=found,
        month=month,
        seed=seed,
        done=DONE.get(done),
        strata=strata(found, desk),
        files=_files(f"{PATH}/{month}/sample", seed=seed),
        rows=[_row(one, month, seed, counted, desk) for one in found["items"]],
    )


async def agreement(
    request: Request,
    desk: AtDesk,
    visitor: By,
    month: Month,
    months: Annotated[str, Query(pattern=r"^([1-9]|1[0-9]|2[0-4])$")] = "6",
) -> Response:
    """Show how two readers of the same referrals agree, by dimension."""
    found = await compared(desk, visitor, month, months)
    return web_of(request).page(
        request,
        visitor,
        "desks/agreement.html",
        title="How readers agree",
        breadcrumbs=[("Dip samples", PATH), ("How readers agree", None)],
        found=found,
        month=month,
        months=months,
        choices=MONTHS,
        rows=agreed(found, desk),
        files=_files(f"{PATH}/{month}/agreement", months=months),
    )


async def drawn(desk: Desk, visitor: Visitor, month: str, seed: str) -> dict[str, Any]:
    """Draw a month's sample for a reviewer; 403 for anybody else."""
    visitor.require("qa-reviewer")
    year, number = map(int, month.split("-"))
    try:
        return await dip_samples.sample(
            desk, visitor.caller, month, month_of(year, number, 1), seed
        )
    except Forbidden:
        raise HTTPException(403) from None


async def compared(desk: Desk, visitor: Visitor, month: str, months: str) -> dict[str, Any]:
    """Compare the readers of some months for a reviewer; 403 for anybody else."""
    visitor.require("qa-reviewer")
    year, number = map(int, month.split("-"))
    within = month_of(year, number, int(months))
    try:
        return await dip_samples.compared(desk, visitor.caller, month, within)
    except Forbidden:
        raise HTTPException(403) from None


async def readings(
    desk: Desk, visitor: Visitor, found: Mapping[str, Any]
) -> dict[tuple[str, str], int]:
    """Count who has read each referral; what they thought of it stays unsaid."""
    children = sorted({one["child_ref"] for one in found["items"]})
    counted: dict[tuple[str, str], int] = {}
    async with asking(desk.readers, visitor.caller) as connection:
        for child_ref, body in await connection.fetch(READ, children, [GRADED]):
            event = Event.from_wire(json.decode(body))
            place = (child_ref, event.ref("referral_ref") or "")
            counted[place] = counted.get(place, 0) + 1
    return counted


def place(one: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a referral of a sample is known by: the child and its ref."""
    return one["child_ref"], one["referral_ref"]


def _row(
    one: Mapping[str, Any],
    month: str,
    seed: str,
    counted: Mapping[tuple[str, str], int],
    desk: Desk,
) -> list[Any]:
    readers = 2 if one["second_reader"] else 1
    done = min(counted.get(place(one), 0), readers)
    return [
        {"text": one["referral_ref"],
         "href": f"{PATH}/{month}/read/{digest(*place(one))}?seed={seed}"},
        {"text": short(one["child_ref"]), "href": f"/children/{one['child_ref']}"},
        desk.agency(one["agency"]),
        words.day(moment(one["made_at"])),
        ", ".join(stratum(each, desk) for each in one["strata"]),
        f"{done} of {readers}",
    ]  # fmt: skip


def stratum(one: Mapping[str, Any], desk: Desk) -> str:
    """Name a stratum in words."""
    group = one["group"]
    name = spoken(one["stratum"])
    return name if group is None else f"{name}: {desk.codes['ethnicity'].get(group, group)}"


def strata(found: Mapping[str, Any], desk: Desk) -> list[list[str | int]]:
    """Lay out how a sample was drawn, a row a stratum."""
    return [
        [stratum(one, desk), one["population"], one["drawn"], one["size"]]
        for one in found["strata"]
    ]


def agreed(found: Mapping[str, Any], desk: Desk) -> list[list[str | int]]:
    """Lay the agreement out, a row a dimension."""
    return [
        [
            desk.codes["audit-dimension"].get(one["dimension"], one["dimension"]),
            one["pairs"],
            one["agreed"],
            "" if one["kappa"] is None else f"{one['kappa']:.2f}",
            "" if one["kappa"] is None else f"{one['low']:.2f} to {one['high']:.2f}",
            _STANDING[one["standing"]],
        ]
        for one in found["dimensions"]
    ]


def _files(path: str, **asked: str) -> list[dict[str, str]]:
    """Lead to what a page shows as files."""
    return [
        {"text": text, "href": f"{path}.{kind}?{urlencode(asked)}"} for kind, text in WORDS.items()
    ]
