"""How does a figure get into a response, stay as it was, and prove to be right long after?"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.domain.moments import moment
from services.domain.responses.record import Entry
from services.responses.measures import Measures, NoMeasure
from services.responses.question import InsertFigure
from services.runtime import clock
from services.runtime.auth import Caller

Stated = Mapping[str, Any]


async def taken(measures: Measures, caller: Caller, asked: InsertFigure) -> dict[str, Any]:
    """Return a figure frozen, as it goes into a response. Raises NoMeasure, NotNow."""
    now = clock.now()
    told = asked.model_dump(by_alias=True, exclude={"kind", "item", "measure"})
    question = {**told, "as_of": asked.as_of or now, "known_at": asked.known_at or now}
    found = await measures.answered(caller, asked.measure, question)
    return {"item": asked.item, **found}


async def known(measures: Measures, caller: Caller, names: Sequence[str]) -> None:
    """Raise NoMeasure for a measure that there is not."""
    if names and not set(names) <= {one["id"] for one in await measures.listed(caller)}:
        raise NoMeasure


def held(entries: Sequence[Entry], ref: str) -> Stated | None:
    """Return a figure that was ever put in, taken out again or not."""
    seq = int(ref.removeprefix("figure-"))
    found = next((one for one in entries if one.seq == seq and one.kind == "insert-figure"), None)
    return None if found is None else found.content


async def again(measures: Measures, caller: Caller, frozen: Stated) -> dict[str, Any]:
    """Ask again what a frozen figure asked, at its own two dates."""
    question = {
        **frozen["asked"],
        "as_of": moment(frozen["as_of"]),
        "known_at": moment(frozen["known_at"]),
    }
    return await measures.answered(caller, frozen["measure"], question)


def same(frozen: Stated, other: Stated) -> bool:
    """Whether two answers say the same: every number kept, the definition, the notes, the dates.

    What a figure was frozen without is not compared: what is in neither count, names of codes.
    """
    return all(
        frozen[name] == value for name, value in other.items() if name not in {"rows", "before"}
    ) and all(
        len(one) == len(two) and all(map(_same_row, one, two))
        for one, two in (
            (frozen["rows"], other["rows"]),
            ([frozen["before"]], [other["before"]]),
        )
    )


def _same_row(frozen: Stated, other: Stated) -> bool:
    return all(value == other[name] for name, value in frozen.items() if name != "label")
