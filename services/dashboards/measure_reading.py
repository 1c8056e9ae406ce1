"""How are counts read: shares and intervals, what changed, what is chance, who differs?"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from services.dashboards import intervals
from services.dashboards.measure_counts import Count, Shown
from services.dashboards.measure_limits import DIGITS, chance_said, rounded
from services.domain import compare, funnel
from services.domain.compare import Share
from services.domain.measures.definition import Measure
from services.domain.measures.months import Month
from services.domain.measures.reading import Reading, Target
from services.domain.suppression import HIDDEN

Figure = dict[str, Any]
FUNNELLED: Final = ("agency", "area", "unit")


def figures(counts: Sequence[Count], reading: Reading) -> list[Figure]:
    """Lay counts out with shares and intervals; what is hidden is hidden in all of them."""
    plain = [pair if (pair := plainly(count)) else (0, 0) for count in counts]
    bounds = intervals.wilson(plain, reading.confidence)
    return [_figure(count, bound) for count, bound in zip(counts, bounds, strict=True)]


def _figure(count: Count, bound: intervals.Bounds) -> Figure:
    hidden = HIDDEN in (count["units"], count["met"])
    low, high = (HIDDEN, HIDDEN) if hidden else rounded(*(bound or (None, None)))
    pair = plainly(count)
    return {
        "numerator": count["met"],
        "denominator": count["units"],
        "value": HIDDEN
        if hidden
        else round(pair[0] / pair[1], DIGITS)
        if pair and pair[1]
        else None,
        "low": low,
        "high": high,
        "missing": count["missing"],
        "not_judged": count["not_judged"],
        "suppressed": hidden,
    }


def plainly(count: Count) -> tuple[int, int] | None:
    """Return (met, units) where both are shown."""
    met, units = count["met"], count["units"]
    return (met, units) if isinstance(met, int) and isinstance(units, int) else None


def share(figure: Figure) -> Share | None:
    """Return a figure's share with its interval; None where there is none to be read."""
    if not isinstance(figure["value"], float):
        return None
    return Share(figure["numerator"], figure["denominator"], figure["low"], figure["high"])


def changed(now: Figure, before: Figure, measure: Measure, reading: Reading, since: str) -> Figure:
    """Say whether a share is clearly another one than it was."""
    found = compare.difference(share(now), share(before), reading.fewest)
    return {
        "verdict": found.verdict,
        "difference": found.value,
        "low": found.low,
        "high": found.high,
        "sentence": _not_compared((now, before), since)
        or compare.in_words(found, measure.direction, since),
    }


def _not_compared(both: Iterable[Figure], since: str) -> str | None:
    """Say why two shares are not compared, where one of them is not shown; else None."""
    why = [
        "a number is hidden" if each["value"] == HIDDEN else "not published"
        for each in both
        if each["value"] == HIDDEN or each["denominator"] is None
    ]
    return f"Not compared with {since}: {why[0]}." if why else None


def compared(
    rows: Iterable[Figure],
    dimensions: Sequence[str],
    total: Figure,
    measure: Measure,
    reading: Reading,
) -> list[Figure]:
    """Set each group beside its comparator, or beside all others, by what it is a group of."""
    rows = list(rows)
    if len(dimensions) != 1:
        return [{} for _ in rows]
    (dimension,) = dimensions
    if dimension in FUNNELLED:
        others = _others(rows, total, measure, reading)
        return [
            {"funnel": _in_funnel(row, total, reading), "others": beside}
            for row, beside in zip(rows, others, strict=True)
        ]
    base = next(
        (row for row in rows if row["group"][dimension] == reading.comparators[dimension]), None
    )
    return [{"relative": _relative(row, base, reading)} for row in rows]


def _in_funnel(row: Figure, total: Figure, reading: Reading) -> Figure | None:
    whole, own = share(total), share(row)
    if whole is None or own is None:
        return None
    found = funnel.limits(whole.value, own.units)
    place = funnel.place(own.met, own.units, whole.value, reading.fewest)
    return {"place": place, "centre": whole.value, **found._asdict()}


def _others(
    rows: Sequence[Figure], total: Figure, measure: Measure, reading: Reading
) -> list[Figure | None]:
    """Set each group beside all others together; where either is not shown there is nothing."""
    whole = share(total)
    own = [share(row) for row in rows]
    rest = [
        (whole.met - each.met, whole.units - each.units) if whole and each else (0, 0)
        for each in own
    ]
    bounds = intervals.wilson(rest, reading.confidence)
    return [
        _beside(each, Share(*pair, *bound), measure, reading) if each and bound else None
        for each, pair, bound in zip(own, rest, bounds, strict=True)
    ]


def _beside(own: Share, others: Share, measure: Measure, reading: Reading) -> Figure:
    found = compare.difference(own, others, reading.fewest)
    value, low, high = rounded(found.value, found.low, found.high)
    return {
        "verdict": found.verdict,
        "difference": value,
        "low": low,
        "high": high,
        "sentence": compare.beside_in_words(found, measure.direction, "all others"),
    }


def _relative(row: Figure, base: Figure | None, reading: Reading) -> Figure | None:
    own, other = share(row), None if base is None else share(base)
    if own is None or other is None or base is None:
        return None
    if row is base:
        return {"standing": "comparator", "value": 1.0, "low": None, "high": None}
    found = compare.relative(
        (own.met, own.units), (other.met, other.units), reading.fewest, reading.confidence
    )
    rates = rounded(found.value, found.low, found.high)
    return {"standing": found.standing, **dict(zip(("value", "low", "high"), rates, strict=True))}


def sentences(
    answer: Mapping[str, Any], shown: Shown, measure: Measure, target: Target | None
) -> list[str]:
    """Say in sentences what there is to be seen, by rule."""
    total = answer["total"]
    found = [_share_said(total, shown, measure)]
    if isinstance(total["value"], float):
        found += [answer["change"][name]["sentence"] for name in ("period_before", "year_before")]
    found += chance_said(answer["spc"], target)
    for name, said in (
        ("missing", "not counted, for nobody would tell us whether it was done"),
        ("not_judged", "not judged, for it could not be worked out whether it was done"),
    ):
        count = total[name]
        if count == HIDDEN:
            found.append(f"A few more (a hidden number) are {said}.")
        elif count:
            found.append(f"{count:,} more {'is' if count == 1 else 'are'} {said}.")
    return found


def _share_said(total: Figure, shown: Shown, measure: Measure) -> str:
    when = f"{_month(shown.period.first)} to {_month(shown.period.last)}"
    if total["value"] == HIDDEN:
        return f"{measure.title}, {when}: hidden, so that no small number can be worked out."
    if total["denominator"] is None:
        return f"{measure.title}, {when}: not published for all of these months."
    if total["value"] is None:
        return f"{measure.title}, {when}: nothing was counted."
    return (
        f"{measure.title}, {when}: {100 * total['value']:.1f}%, {total['numerator']:,} of "
        f"{total['denominator']:,} (95% interval {100 * total['low']:.1f}% to "
        f"{100 * total['high']:.1f}%)."
    )


def _month(month: Month) -> str:
    return f"{month.first:%B %Y}"
