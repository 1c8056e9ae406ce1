"""What is answered to who asks what became of referrals to services?"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec

from services.directory import onward_store
from services.directory.desk import Desk
from services.directory.onward_figures import Figures
from services.directory.onward_question import Months, Own
from services.directory.onward_store import Wanted
from services.domain.moments import london_day, stamp
from services.domain.onward import OTHER, declined_by
from services.domain.onward_measures import Row, completed, measured_alike
from services.domain.onward_tree import DIMENSIONS
from services.runtime import audit, cursors
from services.runtime.asking import Connection, asking
from services.runtime.audit import Act
from services.runtime.auth import Caller, Forbidden
from services.runtime.cursors import Moment
from services.runtime.questions import whole_block

FIGURES_READ: Final = "onward-measures-read"
READ: Final = "onward-referrals-read"
FOLLOWING: Final = "referral-follow-up"
OVERSIGHT: Final = "oversight"
FIGURE_ROLES: Final = frozenset(
    {"agency", "police-supervisor", "qa-reviewer", "pcc-analyst", "pcc-editor"}
)
OWN_ROLES: Final = frozenset({"agency", "police-supervisor"})
RELEASED_ROLES: Final = frozenset({"pcc-analyst", "pcc-editor"})
"""They may not see cases: what was published is theirs, and nothing beside it."""
_SECTORS: Final = ("voluntary", "statutory")
Shown = dict[str, Any]


class NotReleased(Exception):
    """Nothing was published of these months."""


class Cursor(cursors.Cursor, frozen=True):
    """The place of the last item: when it was made, and by which digest."""

    made_at: Moment
    item: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]


async def measures(desk: Desk, caller: Caller, asked: Months, now: datetime) -> Figures:
    """Return the figures of some months, and write who read them, in one transaction.

    Who may not see cases is given what was published. Raises Forbidden for a role that is not shown
    them; for what is published NotReleased, and RequestValidationError for months off the grid.
    """
    if caller.role not in FIGURE_ROLES:
        raise Forbidden
    since, before = asked.period(now)
    if caller.role in RELEASED_ROLES:
        return await _published(desk, caller, asked, (since, before))
    within = desk.catalogue.limits.referred_again_within
    async with asking(desk.readers, caller) as connection:
        alike, waits = await onward_store.counted(connection, since, before, within)
        await _record(connection, caller, (since, before), sum(one.number for one in alike))
    fewest = desk.catalogue.limits.fewest_for_a_median
    rows = await asyncio.to_thread(measured_alike, alike, waits, _known(desk), fewest)
    return Figures(_of(rows, asked), within, fewest, now)


async def _published(
    desk: Desk, caller: Caller, asked: Months, period: tuple[datetime, datetime]
) -> Figures:
    block = whole_block(desk.grid, asked.first, asked.last)
    async with asking(desk.readers, caller) as connection:
        found = await onward_store.released(connection, block)
        await _record(connection, caller, period, len(found[0].rows) if found else 0)
    if found is None:  # which is on record as well
        raise NotReleased
    frozen, release = found
    rows = completed(frozen.rows, _known(desk))
    return Figures(_of(rows, asked), frozen.within, frozen.fewest, release.known_at, release)


def _of(rows: Iterable[Row], asked: Months) -> list[Row]:
    return [row for row in rows if asked.by in {None, row.dimension}]


async def _record(
    connection: Connection, caller: Caller, period: tuple[datetime, datetime], rows: int
) -> None:
    since, before = period
    asked = audit.coded({"since": since, "before": before}, {})
    act = Act("consultation", FIGURES_READ, OVERSIGHT, rows, asked=asked)
    await audit.write(connection, caller, act)


async def own(desk: Desk, caller: Caller, asked: Own, now: datetime) -> Shown:
    """Return one page of the caller's own referrals, and write who read it.

    Raises Forbidden, and BadCursor for a cursor that is not of this question.
    """
    if caller.role not in OWN_ROLES:
        raise Forbidden
    since, before = asked.period(now)
    digest = asked.digest(caller.subject, caller.agency, *asked.days(london_day(now)))
    after = Cursor.of(asked.cursor, digest) if asked.cursor is not None else None
    place = (after.made_at, after.item) if after else (None, None)
    limit, within = int(asked.limit), desk.catalogue.limits.referred_again_within
    async with asking(desk.readers, caller) as connection:
        wanted = Wanted(since, before, asked.state, asked.kind, asked.provider)
        total = await onward_store.total(connection, wanted)
        found = await onward_store.page(connection, wanted, within, place, limit + 1)
        agencies = await onward_store.own_agencies(connection)
        page = found[:limit]
        children = {one["child_ref"] for one in page}
        act = Act(
            "consultation", READ, FOLLOWING, len(page), children=children, asked=_codes(asked)
        )
        await audit.write(connection, caller, act)
    last = Cursor(digest, page[-1]["made_at"], page[-1]["item"]).encode() if found[limit:] else None
    items = [_item(dict(one), agencies) for one in page]
    return {"items": items, "total": total, "next": last, "as_of": stamp(now)}


def _known(desk: Desk) -> Mapping[str, Collection[str]]:
    labels = desk.catalogue.labels
    kinds: list[str] = desk.catalogue.fields["kind"]["enum"]
    return dict(
        zip(
            DIMENSIONS, ([*labels["provider"], OTHER], kinds, labels["area"], _SECTORS), strict=True
        )
    )


def _item(one: Mapping[str, Any], own: Collection[str]) -> Shown:
    times = ("made_at", "accepted_at", "declined_at", "started_at", "ended_at")
    plain = (
        "service_ref", "provider", "kind", "sector", "area", "state", "reason", "outcome", "helped",
        "days_to_accept", "days_to_start", "referred_again", "odd",
    )  # fmt: skip
    return {
        **{name: one[name] for name in plain},
        **{name: None if one[name] is None else stamp(one[name]) for name in times},
        "made_by": one["agency"],
        "made_here": one["agency"] in own,
        "declined_by": declined_by(one["state"], one["reason"]),
    }


def _codes(asked: Own) -> dict[str, str]:
    stated = {"state": asked.state, "kind": asked.kind, "provider": asked.provider}
    known = {name: (value,) for name, value in stated.items() if value and name != "provider"}
    return audit.coded(stated, known)
