"""How is a measure shown to a person: its figures in words, as a picture, as a table?

Pages are made of the answer that machines get, so what is hidden there is hidden here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from services.dashboards import measures, measures_released
from services.dashboards.desk import Desk
from services.dashboards.handlers import Forbidden
from services.dashboards.measures_question import MeasureQuestion
from services.domain.measures.catalogue import MEASURES
from services.runtime.auth import Caller
from services.runtime.web import asking, words

HIDDEN: Final = "c"
UNPUBLISHED: Final = "not published"
NOBODY: Final = ":"
_NO_SHARE: Final = {HIDDEN: "hidden", NOBODY: "nobody to count", UNPUBLISHED: UNPUBLISHED}
_NO_MONTH: Final = {
    HIDDEN: "Every month is hidden: a small number could be told.",
    UNPUBLISHED: "No month of these is published.",
    NOBODY: "There was nobody to count in these months.",
}
_RULES: Final = {
    "outside": "outside the limits",
    "trend": "part of a trend of seven",
    "two-in-three": "one of two in three near a limit",
    "one-side": "one of seven on one side of the mean",
}
_VARIATIONS: Final = {"improvement": "better", "concern": "worse", "high": "higher", "low": "lower"}
Figure = Mapping[str, Any]


async def of(
    desk: Desk, caller: Caller, measure: str, asked: MeasureQuestion, now: datetime
) -> dict[str, Any] | None:
    """Return what is answered of a measure; None where this person is shown no figure of it."""
    (found,) = await all_of(desk, caller, (measure,), asked, now)
    return found


async def all_of(
    desk: Desk,
    caller: Caller,
    wanted: Sequence[str],
    asked: MeasureQuestion,
    now: datetime,
) -> list[dict[str, Any] | None]:
    """Return what is answered of each measure, read in one question; by groups only of one."""
    defined = [MEASURES[measure] for measure in wanted]
    published = measures_released.may(caller)
    showing = measures_released.released_all if published else measures.live_all
    try:
        shown = await showing(desk, caller, defined, asked, now)
    except Forbidden:
        return [None for _ in wanted]
    return [
        measures.answer(one, each, asked, desk.reading, desk.names)
        for one, each in zip(defined, shown, strict=True)
    ]


def file_of(found: Mapping[str, Any], kind: str, **changed: object) -> str:
    """Return where the same figures are as a file: of the same months, as known then."""
    asked = {**asked_of(found), "by": ",".join(found["by"]), "format": kind}
    return asking(f"/api/v1/measures/{found['measure']['id']}", asked, **changed)


def share(figure: Figure) -> str:
    """Write a figure: 84.0% (21 of 25); hidden, of nobody, or not published, in words."""
    written = shown(figure)
    if written in _NO_SHARE:
        return _NO_SHARE[written]
    return f"{written} ({figure['numerator']:,} of {figure['denominator']:,})"


def value(figure: Figure) -> float | None:
    """Return the share as a number; None where there is none to be shown."""
    found = figure["value"]
    return float(found) if isinstance(found, int | float) else None


def shown(figure: Figure) -> str:
    """Write the share alone, as tables do."""
    if figure["value"] == HIDDEN:
        return HIDDEN
    if figure["denominator"] is None:
        return UNPUBLISHED
    return NOBODY if figure["value"] is None else words.percent(figure["value"])


def count(number: object) -> object:
    """Write a count: what is not published is said to be so."""
    return UNPUBLISHED if number is None else f"{number:,}" if isinstance(number, int) else number


def last(found: Mapping[str, Any]) -> Figure | None:
    """Return the last month that has a share."""
    return next((month for month in reversed(found["months"]) if value(month) is not None), None)


def says(found: Mapping[str, Any]) -> str:
    """Say of the last month what it was, and whether that is more than chance."""
    month = last(found)
    if month is None:
        why = {shown(each) for each in found["months"]}
        return next((said for at, said in _NO_MONTH.items() if at in why), _NO_MONTH[NOBODY])
    point = found["spc"]["points"][-1]
    clear = "No clear change: it may be chance."
    if point["rule"] is not None:
        clear = f"Clear change: {marked(point)}."
    later = found["months"][found["months"].index(month) + 1 :]
    hidden = " Later months are hidden." if any(shown(each) == HIDDEN for each in later) else ""
    return f"{words.month(month['month'])}: {share(month)}.{hidden} {clear}"


def aside(figure: Figure) -> str:
    """Say what is in neither count of a figure; nothing where nothing is."""
    said = (("missing", "missing data"), ("not_judged", "not judged"))
    found = [
        f"{text} ({'a hidden number' if figure[name] == HIDDEN else f'{figure[name]:,}'})"
        for name, text in said
        if figure[name]
    ]
    return f" Beside these: {' and '.join(found)}." if found else ""


def asked_of(found: Mapping[str, Any]) -> dict[str, object]:
    """What an answer is of: its months and groups, as at when, and as known when."""
    names = ("from", "to", "as_of", "known_at")
    return {**{name: found[name] for name in names}, **found["only"]}


def marked(point: Mapping[str, Any]) -> str:
    """Say in words why a month is more than chance."""
    return f"{_VARIATIONS[point['variation']]}, {_RULES[point['rule']]}"


def called(row: Figure, found: Mapping[str, Any]) -> str:
    """Name a group in words, where its codes have any."""
    names = found["names"]
    return ", ".join(names.get(by, {}).get(code, code) for by, code in row["group"].items())
