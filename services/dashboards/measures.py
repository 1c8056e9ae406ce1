"""What does a measure show? Definitions, counts live for who may see the cases, and the answer."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from services.dashboards import measure_reading as read
from services.dashboards import measure_years, measures_store, measures_withheld, store
from services.dashboards.desk import Desk
from services.dashboards.handlers import Forbidden, settled
from services.dashboards.measure_counts import Count, Shown, counted
from services.dashboards.measure_limits import control
from services.dashboards.measures_question import MeasureQuestion
from services.dashboards.measures_store import Asked
from services.dashboards.sight import sight_of
from services.domain.measures.catalogue import CATALOGUE, MEASURES
from services.domain.measures.definition import Measure
from services.domain.measures.months import YEAR, Period
from services.domain.measures.reading import Reading
from services.domain.measures.tally import NOTHING, Tally
from services.domain.moments import stamp
from services.runtime.asking import asking
from services.runtime.auth import Caller

Names = Mapping[str, Mapping[str, str]]
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
        "rebases": [step.told() for step in reading.rebases.get(measure.id, ())],
        "limits": list(measure.limits),
        "changes": [
            {"version": each.version, "since": each.since.isoformat(), "what": each.what}
            for each in measure.changes
        ],
    }


async def live(
    desk: Desk, caller: Caller, measure: Measure, asked: MeasureQuestion, now: datetime
) -> Shown:
    """Count as free as one likes, for who may see the cases. Raises Forbidden for all others."""
    (shown,) = await live_all(desk, caller, (measure,), asked, now)
    return shown


async def live_all(
    desk: Desk,
    caller: Caller,
    found: Sequence[Measure],
    asked: MeasureQuestion,
    now: datetime,
) -> list[Shown]:
    """Count several measures at once, as `live` does one; by groups only one. Raises Forbidden."""
    if sight_of(caller, desk.registry) is None:
        raise Forbidden
    as_of = min(asked.as_of or now, now)
    period, places, only = asked.period(as_of), asked.places(), asked.only
    async with asking(desk.readers, caller) as connection:
        watermark = await store.watermark(connection)
        known_at, beyond = settled(asked.known_at, watermark)
        wanted = Asked(
            measures=tuple(measure.id for measure in found),
            places=places,
            agency=only.get("agency"),
            groups=(only.get(places[0]), only.get(places[1])),
            as_of=as_of,
            known_at=known_at,
            newest=known_at == watermark,
        )
        months = await measures_store.by_month(connection, wanted, looked_back(period))
        groups = await measures_store.by_group(connection, wanted, period) if asked.by else {}
    return [
        Shown(
            basis="live",
            period=period,
            as_of=as_of,
            known_at=known_at,
            beyond=beyond,
            why="Nothing is hidden: shown to those who may see the cases.",
            months={month: counted(tally) for month, tally in months[measure.id].items()},
            rows=_rows(groups, asked),
            rows_period=period,
        )
        for measure in found
    ]


def looked_back(period: Period) -> Period:
    """The period, the one before, and the same a year before."""
    return Period(min(period.before.first, period.year_before.first), period.last)


def _rows(
    groups: dict[tuple[str, str, str], Tally], asked: MeasureQuestion
) -> dict[tuple[str, ...], Count]:
    """Add counts up by the dimensions asked for, in order of their names."""
    names = ("agency", *asked.places())
    rows: dict[tuple[str, ...], Tally] = {}
    for place, tally in groups.items():
        at = dict(zip(names, place, strict=True))
        key = tuple(at[dimension] for dimension in asked.dimensions)
        rows[key] = rows.get(key, NOTHING).plus(tally)
    return {key: counted(tally) for key, tally in sorted(rows.items())}


def answer(
    measure: Measure, shown: Shown, asked: MeasureQuestion, reading: Reading, names: Names
) -> dict[str, Any]:
    """Lay everything out that is read of a measure, the same in every format.

    `names`: what the codes of groups stand for, by dimension.
    """
    period, dimensions = shown.period, asked.dimensions
    periods = {"total": period, "period_before": period.before, "year_before": period.year_before}
    counts = [shown.total(each) for each in periods.values()]
    series = [shown.month(month) for month in period]
    found = iter(read.figures([*counts, *series, *shown.rows.values()], reading))
    totals = {name: next(found) for name in periods}
    months = {str(month): next(found) for month in period}
    rows = [
        {"group": dict(zip(dimensions, names, strict=True)), **next(found)} for names in shown.rows
    ]
    target = reading.target(measure.id, period.last.first)
    together = shown.rows_total or shown.total(shown.rows_period or period)
    (whole,) = read.figures([together], reading)
    beside = read.compared(rows, dimensions, whole, measure, reading)
    answered: dict[str, Any] = {
        "measure": described(measure, reading),
        "basis": shown.basis,
        "marking": MARKING,
        "note": NOTE,
        "from": str(period.first),
        "to": str(period.last),
        "by": list(dimensions),
        "only": dict(asked.only),
        "names": _named(rows, asked.only, names),
        "as_of": stamp(shown.as_of),
        "known_at": stamp(shown.known_at),
        "known_at_requested_beyond_watermark": shown.beyond,
        "release": shown.release,
        **totals,
        "change": {
            "period_before": read.changed(
                totals["total"], totals["period_before"], measure, reading, "the period before"
            ),
            "year_before": _year_on_year(shown, measure, reading),
        },
        "months": [{"month": month, **figure} for month, figure in months.items()],
        "years": measure_years.answered(
            measure_years.complete(shown, looked_back(period)), shown, measure, reading
        ),
        "spc": control(months, measure, target, reading.rebases.get(measure.id, ())),
        "rows": [
            {"funnel": None, "relative": None, "others": None, **row, **more}
            for row, more in zip(rows, beside, strict=True)
        ],
        "rows_period": None
        if shown.rows_period is None
        else {"from": str(shown.rows_period.first), "to": str(shown.rows_period.last)},
        "rows_total": None if shown.rows_period is None else whole,
        "suppression": {"applied": shown.basis == "release", "why": shown.why},
    }
    sentences = read.sentences(answered, shown, measure, target)
    return answered | {"sentences": [*sentences, *measures_withheld.said(shown.release)]}


def _year_on_year(shown: Shown, measure: Measure, reading: Reading) -> dict[str, Any]:
    """Compare with the same months a year before; of more than a year only its last one.

    Two periods that share months cannot be told apart by the interval of their difference.
    """
    period = shown.period
    since = "a year before"
    if len(period) > YEAR:
        period = Period(period.last.after(1 - YEAR), period.last)
        since = f"a year before, in the last {YEAR} months"
    now, before = read.figures([shown.total(period), shown.total(period.year_before)], reading)
    return read.changed(now, before, measure, reading, since)


def _named(
    rows: Iterable[Mapping[str, Any]], only: Mapping[str, str], names: Names
) -> dict[str, dict[str, str]]:
    """Say what each code of a group that is shown stands for, where it is known."""
    groups = [*(row["group"] for row in rows), only]
    return {
        dimension: {
            code: known[code] for group in groups if (code := group.get(dimension, "")) in known
        }
        for dimension, known in names.items()
        if any(dimension in group for group in groups)
    }


def known(measure: str) -> Measure | None:
    """Return a measure by its id."""
    return MEASURES.get(measure)
