"""What does everybody see of published responses? No sign-in, no marking."""

from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from services.domain.responses.deadlines import said
from services.domain.responses.folding import fold
from services.domain.responses.record import day_of
from services.responses import making, store
from services.responses.desk import AtDesk
from services.responses.documents import html
from services.responses.published_api import everything
from services.responses.serving import Ref
from services.runtime.web import answers, web_of

_STYLES: Final = (
    ("<h1>", "govuk-heading-l"), ("<h2>", "govuk-heading-m"), ("<h3>", "govuk-heading-s"),
    ("<h4>", "govuk-heading-s"), ("<p>", "govuk-body"), ("<ul>", "govuk-list govuk-list--bullet"),
    ("<ol>", "govuk-list govuk-list--number"), ("<table>", "govuk-table app-table"),
    ("<caption ", "govuk-table__caption govuk-table__caption--s"),
    ("<th ", "govuk-table__header"), ("<td>", "govuk-table__cell"), ("<a ", "govuk-link"),
    ("<tr>", "govuk-table__row"),
)  # fmt: skip
"""Which style a tag of the document has within a page of ours."""


def styled(written: str) -> str:
    """Give a document's tags the styles of our pages; no text in it is a tag."""
    for tag, style in _STYLES:
        name = tag.strip("<> ")
        end = ">" if tag.endswith(">") else " "
        written = written.replace(tag, f'<{name} class="{style}"{end}')
    return written.replace('<div class="wide"', '<div class="app-scroll"')


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    shown: dict[str, Any] = {"response_class": HTMLResponse, "responses": answers(404, 422)}
    routes.get("/published", operation_id="page-published", **shown)(listed)
    routes.get("/published/{response_id}", operation_id="page-published-one", **shown)(looked_at)
    return routes


async def listed(request: Request, desk: AtDesk) -> Response:
    """Show every published response."""
    rows = [
        [
            {"text": record.inspection["title"], "href": f"/published/{key}"},
            record.body["name"],
            said(day_of(record.inspection["published_on"])),
            said(version.published_on)
            if (version := record.published_version) and version.published_on
            else "before it was entered here",
        ]
        for key, record in await everything(desk)
    ]
    return web_of(request).page(
        request, None, "responses/published.html", title="Published responses", rows=rows
    )


async def looked_at(request: Request, desk: AtDesk, response_id: Ref) -> Response:
    """Show a published response."""
    entries = await store.entries(desk.pool, response_id)
    record = fold(entries)
    version = record.versions[-1] if record.brought_in else record.published_version
    if version is None:
        raise HTTPException(404)
    document = making.document(entries, version, marked=False)
    made = Markup(styled(html.body(document)))  # noqa: S704 - its texts are escaped as it is written
    return web_of(request).page(
        request, None, "responses/published_one.html", title=record.inspection["title"],
        document=made, id=response_id,
    )  # fmt: skip
