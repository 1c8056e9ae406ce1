"""What does a measure show to who may see the cases behind it? Counts, and what they rest on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.dashboards import intervals, measures_store, store
from services.dashboards.desk import Desk
from services.dashboards.handlers import Forbidden, settled
from services.dashboards.measures_question import MeasureQuestion
from services.dashboards.measures_store import Asked
from services.dashboards.sight import sight_of
from services.domain.measures.catalogue import CATALOGUE, MEASURES
from services.domain.measures.definition import Measure
from services.domain.measures.months import Month, Period
from services.domain.measures.reading import Reading
from services.domain.measures.tally import NOTHING, Tally
from services.domain.moments import stamp
from services.runtime.asking import asking
from services.runtime.auth import Caller

MARKING: Final = "OFFICIAL-SENSITIVE"
NOTE: Final = "Management information, not official statistics."


def catalogue(reading: Reading) -> dict[str, Any]:
    """Describe every measure."""
    return {"measures": [described(measure, reading) for measure in CATALOGUE]}


def described(measure: Measure, reading: Reading) -> dict[str, Any]:
    """Describe a measure in words: what is counted, of what, and what is known of its limits."""
    return {
        "id": measure.id,
        "version": measure.version,
        "title": measure.title,
        "lesson": measure.lesson,
        "denominator": measure.denominator,
        "numerator": measure.numerator,
        "day": measure.day,
        "direction": measure.direction,
        "rule": measure.rule,
        "owner": measure.owner,
        "targets": [
            {
                "percent": target.percent,
                "since": None if target.since is None else target.since.isoformat(),
                "source": target.source,
                "standing": target.standing,
            }
            for target in reading.targets.get(measure.id, ())
        ],
        "limits": list(measure.limits),
        "changes": [
            {"version": each.version, "since": each.since.isoformat(), "what": each.what}
            for each in measure.changes
        ],
    }


async def live(
    desk: Desk, caller: Caller, measure: Measure, asked: MeasureQuestion, now: datetime
) -> dict[str, Any]:
    """Count as free as one likes, for who may see the cases. Raises Forbidden for all others."""
    if sight_of(caller, desk.registry) is None:
        raise Forbidden
    as_of = min(asked.as_of or now, now)
    period, places, only = asked.period(as_of), asked.places(), asked.only
    async with asking(desk.readers, caller) as connection:
        watermark = await store.watermark(connection)
        known_at, beyond = settled(asked.known_at, watermark)
        counted = Asked(
            measure=measure.id,
            places=places,
            agency=only.get("agency"),
            groups=(only.get(places[0]), only.get(places[1])),
            as_of=as_of,
            known_at=known_at,
            newest=known_at == watermark,
        )
        months = await measures_store.by_month(connection, counted, _looked_back(period))
        groups = await measures_store.by_group(connection, counted, period)
    return {
        "measure": described(measure, desk.reading),
        "basis": "live",
        "marking": MARKING,
        "note": NOTE,
        "from": str(period.first),
        "to": str(period.last),
        "by": list(asked.dimensions),
        "only": dict(only),
        "as_of": stamp(as_of),
        "known_at": stamp(known_at),
        "known_at_requested_beyond_watermark": beyond,
        "release": None,
        **_figures(months, groups, period, asked, desk.reading),
    }


def _looked_back(period: Period) -> Period:
    """The period, the one before, and the same a year before."""
    return Period(min(period.before.first, period.year_before.first), period.last)


def _figures(
    months: Mapping[Month, Tally],
    groups: Mapping[tuple[str, str, str], Tally],
    period: Period,
    asked: MeasureQuestion,
    reading: Reading,
) -> dict[str, Any]:
    rows = _rows(groups, asked) if asked.dimensions else {}
    series = {month: months.get(month, NOTHING) for month in period}
    totals = [_total(months, each) for each in (period, period.before, period.year_before)]
    found = figures([*totals, *series.values(), *rows.values()], reading)
    total, before, year_before = found[:3]
    return {
        "total": total,
        "period_before": before,
        "year_before": year_before,
        "months": [
            {"month": str(month), **figure}
            for month, figure in zip(series, found[3:], strict=False)
        ],
        "rows": [
            {"group": dict(zip(asked.dimensions, names, strict=True)), **figure}
            for names, figure in zip(rows, found[3 + len(series) :], strict=True)
        ],
        "suppression": {"applied": False, "why": "Shown to those who may see the cases."},
    }


def _rows(
    groups: Mapping[tuple[str, str, str], Tally], asked: MeasureQuestion
) -> dict[tuple[str, ...], Tally]:
    """Add counts up by the dimensions asked for, in order of their names."""
    names = ("agency", *asked.places())
    rows: dict[tuple[str, ...], Tally] = {}
    for place, tally in groups.items():
        at = dict(zip(names, place, strict=True))
        key = tuple(at[dimension] for dimension in asked.dimensions)
        rows[key] = rows.get(key, NOTHING).plus(tally)
    return dict(sorted(rows.items()))


def _total(months: Mapping[Month, Tally], period: Period) -> Tally:
    total = NOTHING
    for month in period:
        total = total.plus(months.get(month, NOTHING))
    return total


def figures(tallies: list[Tally], reading: Reading) -> list[dict[str, Any]]:
    """Lay counts out as they are read, with their intervals."""
    bounds = intervals.wilson([(each.met, each.units) for each in tallies], reading.confidence)
    return [
        {
            "numerator": tally.met,
            "denominator": tally.units,
            "value": tally.value,
            "low": None if bound is None else bound[0],
            "high": None if bound is None else bound[1],
            "missing": tally.missing,
            "not_judged": tally.not_judged,
            "suppressed": False,
        }
        for tally, bound in zip(tallies, bounds, strict=True)
    ]


def known(measure: str) -> Measure | None:
    """Return a measure by its id."""
    return MEASURES.get(measure)
