"""Which alerts did nobody act on, by the end of a week? Counts, in which no child is.

An alert counts that stood as new at the week's end and had climbed beyond the first step of its
ladder: whoever was told first had their time. The commissioner's office sees totals by agency and
by rule, small counts hidden so that no table gives another's away.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from services.alerts import letters, mail_store
from services.alerts.desk import Desk
from services.alerts.outbox import Outbox
from services.alerts.sight import counts_only, sight_of
from services.domain.moments import LONDON, london_day, stamp
from services.domain.suppression import HIDDEN, counted, suppress
from services.runtime import clock
from services.runtime.asking import asking
from services.runtime.auth import Caller, Forbidden

WEEK: Final = re.compile(r"(20\d\d)-W(0[1-9]|[1-4]\d|5[0-3])", re.ASCII)
_SEEN: Final = "SELECT * FROM seen_unanswered($1)"
_COUNTED: Final = "SELECT * FROM seen_weeks($1)"
"""By agency and rule alone, for figures of a week that is over."""
_OWN: Final = "SELECT * FROM unanswered($1)"


class NoSuchWeek(ValueError):
    """No week, or one that is still to come."""


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the calendar in London: from Monday, `since` until `before`."""

    name: str
    since: datetime
    before: datetime

    @classmethod
    def of(cls, name: str) -> "Week":
        """Read `2026-W48`. Raises NoSuchWeek."""
        found = WEEK.fullmatch(name)
        try:
            monday = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
        except ValueError:
            monday = None
        if monday is None:
            raise NoSuchWeek
        return cls(name, _midnight(monday), _midnight(monday + timedelta(days=7)))

    @classmethod
    def last(cls, now: datetime) -> "Week":
        """Return the last week that is over."""
        year, number, _ = (london_day(now) - timedelta(days=7)).isocalendar()
        return cls.of(f"{year}-W{number:02d}")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=LONDON).astimezone(UTC)


async def answer(desk: Desk, caller: Caller, name: str | None, now: datetime) -> dict[str, Any]:
    """Return the report that a caller may see. Raises Forbidden or NoSuchWeek."""
    figures = counts_only(caller, desk.registry) is not None
    if not figures and sight_of(caller, desk.registry) is None:
        raise Forbidden
    week = Week.of(name) if name is not None else Week.last(now)
    if week.since > now:
        raise NoSuchWeek
    async with asking(desk.readers, caller) as connection:
        asked = _COUNTED if figures and week.before <= now else _SEEN
        rows = [dict(row) for row in await connection.fetch(asked, min(week.before, now))]
    return report(week, rows, now, suppressed=figures)


def report(
    week: Week, rows: Sequence[Mapping[str, Any]], now: datetime, *, suppressed: bool
) -> dict[str, Any]:
    """Make a report of what nobody answered for."""
    head = {"week": week.name, "as_of": stamp(min(week.before, now)), "suppressed": suppressed}
    if suppressed:
        return head | {"lines": [], **_totals(rows)}
    lines = [
        {
            "agency": row["agency"], "unit": row["unit"], "rule": row["rule"], "kind": row["kind"],
            "alerts": row["alerts"], "highest_step": row["highest_step"],
            "first_due": stamp(row["first_due"]),
        }
        for row in rows
    ]  # fmt: skip
    plain = {name: dict(_by(name, rows)) for name in ("agency", "rule")}
    total = sum(row["alerts"] for row in rows)
    return head | {"lines": lines, "by_agency": plain["agency"], "by_rule": plain["rule"],
                   "total": total}  # fmt: skip


def _by(name: str, rows: Iterable[Mapping[str, Any]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        found[row[name]] += row["alerts"]
    return found


def _totals(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Totals by agency and by rule, small counts hidden in both at once."""
    tables = {
        name: {group: counted(count) for group, count in sorted(_by(name, rows).items())}
        for name in ("agency", "rule")
    }
    hidden = suppress(tables)
    shown: dict[str, dict[str, int | str]] = {
        name: {
            group: HIDDEN if group in hidden.rows[name] else cell.values[0]
            for group, cell in table.items()
        }
        for name, table in tables.items()
    }
    total = sum(row["alerts"] for row in rows)
    return {
        "by_agency": shown["agency"],
        "by_rule": shown["rule"],
        "total": HIDDEN if hidden.totals else total,
    }


def as_csv(found: Mapping[str, Any]) -> str:
    """Write a report as a table: a line for each count; what is hidden is `c`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        ("week", "agency", "unit", "rule", "kind", "alerts", "highest_step", "first_due")
    )
    week = found["week"]
    names = ("agency", "unit", "rule", "kind", "alerts", "highest_step", "first_due")
    for line in found["lines"]:
        writer.writerow((week, *(line[name] for name in names)))
    if found["suppressed"]:
        for agency, count in found["by_agency"].items():
            writer.writerow((week, agency, "", "", "", count, "", ""))
        for rule, count in found["by_rule"].items():
            writer.writerow((week, "", "", rule, "", count, "", ""))
        writer.writerow((week, "", "", "", "", found["total"], "", ""))
    return out.getvalue()


async def mail(outbox: Outbox, now: datetime) -> None:
    """Mail every agency the report of the last week, once; of an empty one nothing.

    The commissioner's office gets the suppressed totals of the agencies in its areas.
    """
    week, contacts = Week.last(now), outbox.telling.contacts
    registry = contacts.registry
    names = {agency.id: agency.name for agency in registry.agencies.values()}
    async with outbox.pool.acquire() as connection, connection.transaction():
        done = await mail_store.reported(connection, week.name)
        due = {name: contacts.weekly(name) for name in contacts.agencies if name not in done}
        if not any(due.values()):
            return
        rows = [dict(row) for row in await connection.fetch(_OWN, week.before)]
        for name, address in due.items():
            office = counts_only(Caller("weekly", name, "pcc-analyst"), registry)
            own = [row for row in rows if row["agency"] in (office or {name})]
            if address is None or not own:
                continue
            found = report(week, own, now, suppressed=office is not None)
            mail_id = UUID(clock.new_ref())
            letter = letters.weekly(found, names, outbox.queue)
            await mail_store.post(connection, mail_id, address, "weekly", letter, now)
            await mail_store.report(connection, week.name, name, mail_id)
