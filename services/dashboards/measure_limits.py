"""What is chance in a measure's months, and between which limits, of which months?"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from services.domain import spc
from services.domain.measures.definition import Measure
from services.domain.measures.months import Month
from services.domain.measures.reading import Rebase, Target
from services.runtime.web.words import plural

Figure = dict[str, Any]
DIGITS: Final = 6
"""Of a share: more would not be the same in every file format."""


def rounded(*values: float | None) -> tuple[float | None, ...]:
    """Round shares so that every format can hold them exactly."""
    return tuple(None if value is None else round(value, DIGITS) for value in values)


def control(
    months: Mapping[str, Figure],
    measure: Measure,
    target: Target | None,
    rebases: Sequence[Rebase] = (),
) -> Figure:
    """Judge the months whose share is shown by the rules of control charts (XmR).

    From each of `rebases` on limits are worked out anew. `mean`, `low` and `high` are those of the
    last months; `stretches` has those of all, and whence each begins.
    """
    shown = {month: each for month, each in months.items() if isinstance(each["value"], float)}
    begun = begins(list(shown), rebases)
    points = spc.chart([each["value"] for each in shown.values()], measure.direction, begun)
    stretches = [
        _stretch(list(shown)[start:end], points[start].limits, begun.get(start))
        for start, end in pairwise((*sorted({0, *begun}), len(points)))
        if points
    ]
    last = stretches[-1] if stretches else dict.fromkeys(("mean", "low", "high"))
    aim = None if target is None else target.percent / 100
    judged = None
    if points and aim is not None:
        judged = spc.assurance_of(points[-1].limits, aim, measure.direction)
    return {
        "points": [
            {"month": month, "value": each.value, "rule": each.rule, "variation": each.variation}
            for month, each in zip(shown, points, strict=True)
        ],
        **{name: last[name] for name in ("mean", "low", "high")},
        "few": not stretches or any(each["few"] for each in stretches),
        "left_out": len(months) - len(points),
        "target": aim,
        "assurance": judged,
        "stretches": stretches,
    }


def begins(months: Sequence[str], rebases: Sequence[Rebase]) -> dict[int, Rebase]:
    """Return at which of the months limits begin anew, and why.

    A step is at the first month that begins on its day or after it; a month that holds the day
    itself is of both. Of steps without a month between them the last one counts.
    """
    firsts = [Month.read(month).first for month in months]
    found: dict[int, Rebase] = {}
    for each in rebases:
        place = next((n for n, first in enumerate(firsts) if first >= each.since), None)
        if place is not None:
            found[place] = each
    return found


def _stretch(months: Sequence[str], limits: spc.Limits, begun: Rebase | None) -> Figure:
    """Lay out the limits of some months: a share is never below 0 or above 1."""
    mean, low, high = rounded(limits.mean, max(0.0, limits.low), min(1.0, limits.high))
    return {
        "from": months[0],
        "to": months[-1],
        "months": len(months),
        "few": len(months) < spc.FEWEST,
        "mean": mean,
        "low": low,
        "high": high,
        "rebased": None if begun is None else begun.told(),
    }


_RULES: Final = {
    "outside": "is beyond the limits of chance",
    "trend": "is part of a run of seven months in one direction",
    "two-in-three": "is one of two months in three near a limit",
    "one-side": "is part of a run of seven months on one side of the mean",
}
_VARIATION: Final = {
    "improvement": "an improvement",
    "concern": "a concern",
    "high": "higher than chance",
    "low": "lower than chance",
}
_ASSURANCE: Final = {
    "passes": "is met every month, if nothing changes",
    "fails": "will not be met unless something changes",
    "hit-or-miss": "is met in some months and not in others, by chance",
}


def chance_said(chart: Mapping[str, Any], target: Target | None) -> list[str]:
    """Say what is chance in the last month, how firm limits are, and whether a target is met."""
    if not chart["points"]:
        return []
    last = chart["points"][-1]
    found = ["The last month may differ from the others by chance."]
    if last["rule"] is not None:
        rule, variation = _RULES[last["rule"]], _VARIATION[last["variation"]]
        found = [f"The last month, {named(last['month'])}, {rule}: {variation}."]
    found += [*rebased_said(chart), *_few_said(chart["stretches"])]
    if chart["assurance"] is not None and target is not None:
        aim = f"The target of {target.percent}% ({target.standing})"
        found.append(f"{aim} {_ASSURANCE[chart['assurance']]}.")
    return found


def _few_said(stretches: Sequence[Mapping[str, Any]]) -> list[str]:
    """Warn of limits of few months; where there are several limits, say of which months."""
    few = [each for each in stretches if each["few"]]
    if few and len(stretches) == 1:
        return [f"The limits of fewer than {spc.FEWEST} months may move with the next ones."]
    return [
        f"The limits from {named(each['from'])} to {named(each['to'])} are of"
        f" {plural(each['months'], 'month')}, fewer than {spc.FEWEST}: they are not firm."
        for each in few
    ]


def rebased_said(chart: Mapping[str, Any]) -> list[str]:
    """Say of each step from when limits were worked out anew, why, and where that is on record."""
    return [
        f"Limits are worked out anew from {named(each['from'])}: {why(step)}."
        for each in chart["stretches"]
        if (step := each["rebased"]) is not None
    ]


def why(step: Mapping[str, Any]) -> str:
    """Say why limits begin anew, and where that is on record."""
    return f"{step['reason']} ({step['source']})"


def named(month: str) -> str:
    """Write a month in words."""
    return f"{Month.read(month).first:%B %Y}"
