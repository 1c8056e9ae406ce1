"""How does an inspection come in, and what becomes of what people enter about it?"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from asyncpg import Pool
from asyncpg import Record as Row

from services.domain.digest import digest
from services.domain.responses import sheet
from services.domain.responses.deadlines import Deadlines, deadlines
from services.domain.responses.folding import fold
from services.domain.responses.record import Entry, Record, day_of
from services.domain.responses.refusals import Refusal
from services.domain.responses.workflow import refusal
from services.responses import making, store
from services.responses.catalogue import Catalogue
from services.responses.store import New
from services.runtime import clock

Stated = Mapping[str, Any]

PRELOADED: Final = "files"
"""Who brought what stands in schemas/responses."""


class Refused(Exception):
    """A step may not be taken now; says which sentence the person is told."""

    def __init__(self, refused: Refusal) -> None:
        super().__init__(refused.code)
        self.code = refused.code
        self.sentence = refused.sentence


class NoBody(Exception):
    """No local policing body of this agency is entered for that day."""


class Known(Exception):
    """The same inspection has been entered already, as `response_id`."""

    def __init__(self, response_id: str) -> None:
        super().__init__(response_id)
        self.response_id = response_id


class Entered(NamedTuple):
    """An inspection that has come in."""

    id: str
    deadlines: Deadlines


def counted(stated: Stated, catalogue: Catalogue) -> Deadlines:
    """Count an inspection's deadlines."""
    on = stated.get("stated_deadline_on")
    return deadlines(
        day_of(stated["published_on"]), None if on is None else day_of(on), catalogue.numbers
    )


def with_deadlines(stated: Stated, catalogue: Catalogue) -> dict[str, Any]:
    """Return an inspection with the days counted as policy has it now, which it keeps."""
    found = counted(stated, catalogue)
    return {**stated, "strict_on": found.strict_on, "usual_on": found.usual_on}


async def enter(
    pool: "Pool[Row]", catalogue: Catalogue, agency: str, by: str, stated: Stated
) -> Entered:
    """Take in an inspection. Raises NoBody, Known."""
    body = catalogue.bodies.of(agency, day_of(stated["published_on"]))
    if body is None:
        raise NoBody
    new = New(by, "enter", _first(stated, body.content, catalogue))
    response_id, name = clock.new_ref(), name_of(agency, stated)
    if not await store.begin(pool, response_id, agency, name, [new]):
        raise Known(await store.id_of(pool, name) or "")
    return Entered(response_id, counted(stated, catalogue))


def name_of(agency: str, stated: Stated) -> str:
    """Name an inspection: the same report of the same day is the same for a body."""
    words = " ".join(stated["title"].casefold().split())
    return digest(agency, words, day_of(stated["published_on"]))


async def bring_sheet(
    pool: "Pool[Row]",
    catalogue: Catalogue,
    agency: str,
    by: str,
    table: Sequence[Sequence[object]],
) -> list[dict[str, Any]]:
    """Take in every row of an overview that can be read; say of each what became of it."""
    return [await _bring_row(pool, catalogue, agency, by, row) for row in sheet.rows(table)]


async def _bring_row(
    pool: "Pool[Row]", catalogue: Catalogue, agency: str, by: str, row: sheet.Row
) -> dict[str, Any]:
    told: dict[str, Any] = {"row": row.number, "said": list(row.said), "id": None}
    if row.inspection is None:
        return {**told, "outcome": "not-read"}
    told["title"] = row.inspection["title"]
    try:
        entered = await enter(pool, catalogue, agency, by, row.inspection)
    except NoBody:
        said = "No local policing body is entered for the day of its publication."
        return {**told, "outcome": "not-read", "said": [*row.said, said]}
    except Known as known:
        return {**told, "outcome": "already", "id": known.response_id}
    return {**told, "outcome": "entered", "id": entered.id}


async def preload(pool: "Pool[Row]", catalogue: Catalogue) -> None:
    """Bring in what was published before, once."""
    for stated in catalogue.earlier.values():
        about, agency = stated["inspection"], stated["agency"]
        body = catalogue.bodies.of(agency, about["published_on"])
        if body is None:
            raise NoBody
        words = {**body.content, "steps": stated["steps"]}
        news = [
            New(PRELOADED, "enter", _first(about, words, catalogue)),
            *(
                New(PRELOADED, "comment", {"on": place, "text": text})
                for place, text in stated["comments"].items()
            ),
            *(
                New(PRELOADED, "set-action", {**one, "item": None, "shown": False})
                for one in stated["promises"]
            ),
            New(PRELOADED, "bring-in", {"source": stated["source"]}),
        ]
        await store.begin(pool, clock.new_ref(), agency, name_of(agency, about), news)


class Doing(NamedTuple):
    """What somebody enters about a response, on which day."""

    by: str
    kind: str
    content: Stated
    today: date


async def step(pool: "Pool[Row]", response_id: str, doing: Doing) -> Record:
    """Enter one thing about a response. Raises Refused where it may not be entered now."""

    def decide(held: Sequence[Entry]) -> tuple[New, store.Files | None]:
        record = fold(held)
        _require(record, doing)
        new = New(doing.by, doing.kind, doing.content)
        return new, making.published(held, record, doing.kind, doing.content)

    return fold(await store.add(pool, response_id, decide))


async def check(pool: "Pool[Row]", response_id: str, doing: Doing) -> None:
    """Raise Refused for what may not be entered now, before anything is asked for it."""
    _require(fold(await store.entries(pool, response_id)), doing)


def _require(record: Record, doing: Doing) -> None:
    found = refusal(record, doing.kind, doing.content, doing.by, doing.today)
    if found is not None:
        raise Refused(found)


async def inspection_of(pool: "Pool[Row]", response_id: str) -> Stated:
    """Return what is entered of an inspection."""
    return fold(await store.entries(pool, response_id)).inspection


def _first(stated: Stated, body: Stated, catalogue: Catalogue) -> dict[str, Any]:
    return {"inspection": with_deadlines(stated, catalogue), "body": body}
