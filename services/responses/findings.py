"""Would they find this here? What a person has mapped to a measure, as it stands today."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from services.domain.compare import Difference, way
from services.domain.moments import london_day
from services.domain.responses.folding import fold
from services.domain.responses.record import Entry
from services.responses.desk import Desk
from services.responses.measures import NoMeasure
from services.runtime import metrics
from services.runtime.auth import Caller


async def found(
    desk: Desk, caller: Caller, many: Mapping[str, Sequence[Entry]], now: datetime
) -> list[dict[str, Any]]:
    """Return every mapped finding with today's figure, the one before, and which way it went."""
    pairs = [
        (key, record.inspection["title"], item, measure)
        for key, entries in many.items()
        for record in [fold(entries)]
        for item in record.items
        for measure in record.measures.get(item["id"], ())
    ]
    answers = {name: await _answer(desk, caller, name, now) for *_, name in pairs}
    return [_shown(pair, answers[pair[-1]]) for pair in pairs]


async def _answer(desk: Desk, caller: Caller, measure: str, now: datetime) -> dict[str, Any] | None:
    """Return what a measure says of the last months, None where it is not answered."""
    day = london_day(now)
    first, last = months_before(day, desk.catalogue.numbers.at("trend.compared", day).value)
    try:
        return await desk.measures.compared(caller, measure, {"from": first, "to": last})
    except NoMeasure:
        return None


def months_before(day: date, count: int) -> tuple[str, str]:
    """Name the first and the last of so many months; the last is the one before a day's own."""
    after = day.year * 12 + day.month - 1
    return _named(after - count), _named(after - 1)


def _named(months: int) -> str:
    return f"{months // 12:04}-{months % 12 + 1:02}"


def _shown(
    pair: tuple[str, str, Mapping[str, Any], str], answer: Mapping[str, Any] | None
) -> dict[str, Any]:
    key, inspection, item, measure = pair
    told = {"response": key, "inspection": inspection, "item": item["id"], "text": item["text"],
            "measure": measure}  # fmt: skip
    if answer is None:
        nothing = dict.fromkeys(("title", "now", "before", "sentence"))
        return {**told, **nothing, "way": "not-known"}
    change = answer["change"]
    found = Difference(*(change[name] for name in ("verdict", "difference", "low", "high")))
    return {
        **told,
        "title": answer["title"],
        "now": answer["rows"][0],
        "before": answer["before"],
        "way": way(found, answer["direction"]),
        "sentence": change["sentence"],
    }


def count(shown: Sequence[Mapping[str, Any]]) -> None:
    """Tell Prometheus by measure whether a mapped finding has become worse."""
    worse = {one["measure"] for one in shown if one["way"] == "worse"}
    metrics.FINDINGS_WORSE.clear()
    for name in {one["measure"] for one in shown}:
        metrics.FINDINGS_WORSE.labels(name).set(name in worse)
