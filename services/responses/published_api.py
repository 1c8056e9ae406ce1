"""What may everybody read, without signing in? Published responses: a list, a feed, files."""

from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from fastapi import APIRouter, HTTPException, Request, Response

from services.domain.moments import stamp
from services.domain.responses.folding import fold
from services.domain.responses.record import Record
from services.responses import answers, handlers, making, store
from services.responses.desk import AtDesk
from services.responses.responses_api import Format, content_of, sent
from services.responses.serving import Ref, json, says

PATH: Final = "/api/v1/published"
FEED: Final = "/published/feed.atom"
ATOM: Final = "application/atom+xml"


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(PATH, **_open(says("published", answers.PublishedList, "All of them.")))(listed)
    feed_told = _open(says("feed", None, "The feed."))
    feed_told["responses"][200]["content"] = {ATOM: {"schema": {"type": "string"}}}
    routes.get(FEED, **feed_told)(feed)
    file = _open(says("publishedFile", None, "The document.", 404))
    file["responses"][200]["content"] = {
        kind: {"schema": {"type": "string", "format": "binary"}}
        for kind in making.MEDIA_TYPES.values()
    }
    routes.get("/published/{response_id}.{file_format}", **file)(document)
    return routes


def _open(told: dict[str, Any]) -> dict[str, Any]:
    """Nobody is refused for not saying who they are."""
    told["responses"].pop(401)
    return told


async def listed(desk: AtDesk) -> Response:
    """List every published response, that to the latest report first."""
    found = [await shown(desk, key, one) for key, one in await everything(desk)]
    return json({"items": found, "total": len(found)})


async def everything(desk: AtDesk) -> list[tuple[str, Record]]:
    """Return every published response of every body."""
    return handlers.published(await store.everything(desk.pool, None))


async def shown(desk: AtDesk, key: str, record: Record) -> dict[str, object]:
    """Show a published response: nothing of it that was not published."""
    version = record.published_version
    marks = {} if version is None else await store.marks(desk.pool, key, version.number)
    return {
        "id": key,
        "title": record.inspection["title"],
        "body": record.body["name"],
        "report_published_on": record.inspection["published_on"],
        "published_on": None if version is None else version.published_on,
        "version": 1 if version is None else version.number,
        "sha256": marks,
    }


async def document(desk: AtDesk, response_id: Ref, file_format: Format) -> Response:
    """Return a published response, the same to the byte whenever it is asked for."""
    entries = await store.entries(desk.pool, response_id)
    record = fold(entries)
    version = record.published_version
    if version is None and record.brought_in:
        version = record.versions[-1]
    if version is None:
        raise HTTPException(404)
    content = await content_of(desk.pool, response_id, entries, version, file_format)
    return sent(content, file_format, making.file_name(record, version, file_format))


async def feed(request: Request, desk: AtDesk) -> Response:
    """Tell readers of feeds what was published here, and when; corrections are told anew."""
    home = str(request.base_url).rstrip("/")
    found = [
        (key, record, next(one for one in entries if one.seq == version.published_seq).at)
        for key, entries in (await store.everything(desk.pool, None)).items()
        for record in [fold(entries)]
        for version in [record.published_version]
        if version is not None
    ]
    told = sorted(found, key=lambda one: one[2], reverse=True)
    latest = stamp(told[0][2]) if told else "1970-01-01T00:00:00Z"
    entries = "".join(_entry(home, key, record, stamp(at)) for key, record, at in told)
    written = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        'xml:lang="en-GB"><title>Published responses to inspections</title>'
        f"<id>{escape(home)}{FEED}</id><updated>{latest}</updated>"
        f'<link rel="self" href={quoteattr(home + FEED)}/>'
        f'<link rel="alternate" href={quoteattr(home + "/published")}/>{entries}</feed>\n'
    )
    return Response(written, media_type=ATOM)


def _entry(home: str, key: str, record: Record, at: str) -> str:
    version = record.published_version
    number = 1 if version is None else version.number
    name = f"{home}/published/{key}"
    again = f" (corrected, version {number})" if record.corrects else ""
    return (
        f"<entry><title>{escape(record.inspection['title'])}{again}</title>"
        f"<id>{escape(name)}?version={number}</id><updated>{at}</updated>"
        f"<author><name>{escape(record.body['name'])}</name></author>"
        f'<link rel="alternate" href={quoteattr(name)}/></entry>'
    )
