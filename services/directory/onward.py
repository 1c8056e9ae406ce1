"""What is answered to who asks what became of referrals to services?"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Final

import msgspec

from services.directory import onward_store
from services.directory.desk import Desk
from services.directory.onward_figures import Figures
from services.directory.onward_question import Months, Own
from services.domain.moments import london_day, stamp
from services.domain.onward import OTHER, Onward, onward_of
from services.domain.onward_measures import DIMENSIONS, Row, completed, measured
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
    async with asking(desk.readers, caller) as connection:
        whose = await onward_store.whose(connection)
        told = await onward_store.figures(connection, since, before)
        within = desk.catalogue.limits.referred_again_within
        counted = [
            one
            for one in await asyncio.to_thread(onward_of, told, desk.policy, within)
            if since <= one.made_at < before
            and (one.agency in whose["agencies"] or one.provider in whose["provides"])
        ]
        await _record(connection, caller, (since, before), len(counted))
    fewest = desk.catalogue.limits.fewest_for_a_median
    rows = await asyncio.to_thread(measured, counted, _known(desk), fewest)
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
    async with asking(desk.readers, caller) as connection:
        whose = await onward_store.whose(connection)
        told = await onward_store.own(connection, since, before)
        within = desk.catalogue.limits.referred_again_within
        found = [
            one
            for one in await asyncio.to_thread(onward_of, told, desk.policy, within)
            if since <= one.made_at < before and _is_own(one, whose) and _suits(one, asked)
        ]
        page, more = _page(found, after, int(asked.limit))
        children = {one.child for one in page}
        act = Act(
            "consultation", READ, FOLLOWING, len(page), children=children, asked=_codes(asked)
        )
        await audit.write(connection, caller, act)
    last = Cursor(digest, page[-1].made_at, _id(page[-1])).encode() if more else None
    items = [_item(one, whose["own"]) for one in page]
    return {"items": items, "total": len(found), "next": last, "as_of": stamp(now)}


def _known(desk: Desk) -> Mapping[str, Collection[str]]:
    labels = desk.catalogue.labels
    kinds: list[str] = desk.catalogue.fields["kind"]["enum"]
    return dict(
        zip(
            DIMENSIONS, ([*labels["provider"], OTHER], kinds, labels["area"], _SECTORS), strict=True
        )
    )


def _is_own(one: Onward, whose: Mapping[str, Collection[str]]) -> bool:
    return one.agency in whose["own"] or one.provider in whose["provides"]


def _suits(one: Onward, asked: Own) -> bool:
    wanted = ((asked.state, one.state), (asked.kind, one.kind), (asked.provider, one.provider))
    return all(stated is None or stated == value for stated, value in wanted)


def _page(found: list[Onward], after: Cursor | None, limit: int) -> tuple[list[Onward], bool]:
    """Return the items of a page in order, and whether more follow."""
    placed = sorted(((one.made_at, _id(one)), one) for one in found)
    rest = [one for place, one in placed if after is None or place > (after.made_at, after.item)]
    return rest[:limit], len(rest) > limit


def _id(one: Onward) -> str:
    """Name a referral by what it is, so that nobody learns a ref from it."""
    stated = "|".join((one.child, one.ref, stamp(one.made_at)))
    return sha256(stated.encode()).hexdigest()[:32]


def _item(one: Onward, own: Collection[str]) -> Shown:
    times = ("made_at", "accepted_at", "declined_at", "started_at", "ended_at")
    plain = (
        "provider", "kind", "sector", "area", "state", "reason", "declined_by", "outcome",
        "helped", "days_to_accept", "days_to_start",
    )  # fmt: skip
    stamps = {name: getattr(one, name) for name in times}
    return {
        "service_ref": one.ref,
        "made_by": one.agency,
        "made_here": one.agency in own,
        **{name: getattr(one, name) for name in plain},
        **{name: None if at is None else stamp(at) for name, at in stamps.items()},
        "referred_again": one.again is not None,
        "odd": list(one.odd),
    }


def _codes(asked: Own) -> dict[str, str]:
    stated = {"state": asked.state, "kind": asked.kind, "provider": asked.provider}
    known = {name: (value,) for name, value in stated.items() if value and name != "provider"}
    return audit.coded(stated, known)
