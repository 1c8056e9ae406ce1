"""How is a response written, compared, signed off, and read in every format?"""

from typing import Annotated, Literal

from asyncpg import Pool, Record
from fastapi import APIRouter, HTTPException, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.domain.moments import london_day
from services.domain.responses.comparing import changes
from services.domain.responses.folding import as_of, fold
from services.domain.responses.record import Entry, Version
from services.responses import answers, figures, handlers, making, stepping, store
from services.responses.desk import AtDesk, Reader, Writer
from services.responses.documents import html
from services.responses.entering import Refused
from services.responses.measures import NoMeasure
from services.responses.question import Step
from services.responses.serving import NO_STORE, Ref, entries_for, json, says
from services.runtime import clock, problems

Format = Literal["html", "pdf", "docx", "odt"]
_Number = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,3})$")]
FigureRef = Annotated[str, StringConstraints(pattern=r"^figure-[1-9][0-9]{0,5}$")]


class Which(BaseModel):
    """Which version."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: _Number | None = Field(
        None, description="0: what is there now; none: what is published, else what is there now."
    )


class Between(BaseModel):
    """Which two versions; 0 is what is there now."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    before: _Number
    after: _Number = "0"


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    file = says("responseFile", None, "The document.", 403, 404)
    file["responses"][200]["content"] = {
        kind: {"schema": {"type": "string", "format": "binary"}}
        for kind in making.MEDIA_TYPES.values()
    }
    routes.get("/api/v1/responses/{response_id}.{file_format}", **file)(document)
    one = says("response", answers.ResponseShown, "As it stands.", 403, 404)
    routes.get("/api/v1/responses/{response_id}", **one)(shown)
    stepped = says("step", answers.ResponseShown, "As it stands now.", 403, 404, 409)
    routes.post("/api/v1/responses/{response_id}/steps", **stepped)(step)
    compared = says("compare", answers.Compared, "What differs.", 403, 404)
    routes.get("/api/v1/responses/{response_id}/compare", **compared)(compare)
    again = says("figureAgain", answers.Again, "Worked out again.", 403, 404)
    routes.get("/api/v1/responses/{response_id}/figures/{figure}/again", **again)(worked_again)
    return routes


async def shown(desk: AtDesk, caller: Reader, response_id: Ref) -> Response:
    """Return a response as it stands, and why what cannot be done now cannot."""
    record = fold(await entries_for(desk, caller, response_id))
    today = london_day(clock.now())
    return json(handlers.response(response_id, record, desk.catalogue, caller.subject, today))


async def step(desk: AtDesk, caller: Writer, response_id: Ref, asked: Step) -> Response:
    """Enter one thing, such as an invitation or a comment. What comes too soon is answered 409."""
    await entries_for(desk, caller, response_id)
    try:
        record = await stepping.take(desk, caller, response_id, asked)
    except Refused as refused:
        return problems.problem(409, refused.sentence, refused.code)
    except NoMeasure:
        fault = {"pointer": "/body/measure", "code": "not-answered"}
        return problems.problem(422, "The request is not right", "invalid-request", [fault])
    today = london_day(clock.now())
    return json(handlers.response(response_id, record, desk.catalogue, caller.subject, today))


async def document(
    desk: AtDesk,
    caller: Reader,
    response_id: Ref,
    file_format: Format,
    asked: Annotated[Which, Query()],
) -> Response:
    """Return the document: marked until it is published, and the same to the byte ever after."""
    entries = await entries_for(desk, caller, response_id)
    record = fold(entries)
    if asked.version is None:
        version = record.published_version
        if version is None and record.brought_in:
            version = record.versions[-1]
    else:
        version = numbered(entries, asked.version)
    content = await content_of(desk.pool, response_id, entries, version, file_format)
    return sent(content, file_format, making.file_name(record, version, file_format))


async def content_of(
    pool: "Pool[Record]",
    response_id: str,
    entries: list[Entry],
    version: Version | None,
    file_format: Format,
) -> bytes:
    """Return a version's file: as it was kept when it was published, else made now."""
    record = fold(entries)
    if version is not None and version.published_on is not None:
        kept = await store.file(pool, response_id, version.number, file_format)
        if kept is not None:
            return kept[0]
    marked = not record.brought_in
    return making.MAKERS[file_format](making.document(entries, version, marked=marked))


def sent(content: bytes, file_format: Format, name: str) -> Response:
    """Send a file; a page is shown, the others are saved."""
    how = "inline" if file_format == "html" else "attachment"
    headers = {**NO_STORE, "Content-Disposition": f'{how}; filename="{name}"'}
    if file_format == "html":
        headers["Content-Security-Policy"] = html.POLICY
    return Response(content, media_type=making.MEDIA_TYPES[file_format], headers=headers)


async def compare(
    desk: AtDesk, caller: Reader, response_id: Ref, asked: Annotated[Between, Query()]
) -> Response:
    """Say what differs between two versions."""
    entries = await entries_for(desk, caller, response_id)
    first, second = (
        making.document(entries, numbered(entries, number), marked=False)
        for number in (asked.before, asked.after)
    )
    found = [
        {"kind": one.kind, "text": one.text, "place": one.place} for one in changes(first, second)
    ]
    return json({"before": int(asked.before), "after": int(asked.after), "changes": found})


async def worked_again(
    desk: AtDesk, caller: Reader, response_id: Ref, figure: FigureRef
) -> Response:
    """Work a figure out again at its own two dates: it must come out equal."""
    entries = await entries_for(desk, caller, response_id)
    frozen = figures.held(entries, figure)
    if frozen is None:
        raise HTTPException(404)
    try:
        again = await figures.again(desk.measures, caller, frozen)
    except NoMeasure:
        raise HTTPException(404) from None
    return json({"equal": figures.same(frozen, again), "frozen": frozen, "again": again})


def numbered(entries: list[Entry], number: str) -> Version | None:
    """Return the version of a number; None for 0. Raises 404."""
    if number == "0":
        return None
    versions = as_of(entries, entries[-1].seq).versions
    if int(number) > len(versions):
        raise HTTPException(404)
    return versions[int(number) - 1]
