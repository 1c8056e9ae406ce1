"""How is a service's page made and sent? Templates, the person it is for, and the safe headers."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPAuthorizationCredentials
from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    meta,
    select_autoescape,
)
from starlette.middleware.gzip import GZipMiddleware

from services.runtime import problems
from services.runtime.auth import Caller
from services.runtime.callers import Credentials, Reception
from services.runtime.settings import Settings
from services.runtime.sign_in import People
from services.runtime.web import errors, navigation, tables, words
from services.runtime.web.assets import PREFIX, Assets
from services.runtime.web.forms import Wrong, csrf_field
from services.runtime.web.headers import SecurityHeaders, told
from services.runtime.web.links import asking
from services.runtime.web.visitor import Visitor

MARKING: Final = "OFFICIAL-SENSITIVE"
_OWN: Final = Path(__file__).with_name("templates")
_ZIPPED_ABOVE: Final = 1000
_NO_STORE: Final = {"Cache-Control": "no-store"}
_SAID: Final = {
    401: "Nobody we know: the way to sign in.",
    403: "This role is not shown this page.",
    404: "No such thing that the caller may see.",
    422: "Every fault of the parameters.",
    503: "The database is away; try again.",
}
ASSETS: Final = Assets()


class Web:
    """The pages of one service; `app.state.web` once installed."""

    def __init__(
        self, *, service: str, settings: Settings, people: People, desk: Reception, templates: Path
    ) -> None:
        self._service = service
        self._people = people
        self._desk = desk
        self._secure = people.secure
        self._homes = {"dashboards": settings.dashboards_url, "responses": settings.responses_url}
        self._templates = environment(templates)

    def install(self, app: FastAPI) -> None:
        """Serve assets, show problems as pages to browsers, and set the headers of every answer."""
        app.state.web = self
        app.state.problem_page = self.problem_page
        app.add_middleware(SecurityHeaders, secure=self._secure)
        app.add_middleware(GZipMiddleware, minimum_size=_ZIPPED_ABOVE)
        app.get(f"{PREFIX}/{{name}}", include_in_schema=False)(self._asset)
        app.get("/signed-out", include_in_schema=False)(self._signed_out)

    async def visitor(
        self, request: Request, credentials: HTTPAuthorizationCredentials | None
    ) -> Visitor:
        """Return who looks, by token or by cookie. Raises Unauthorised."""
        if credentials is not None:
            return Visitor(self._desk.caller(credentials))
        session = await self._people.session(request)
        return Visitor(session.caller, session.csrf)

    def page(  # noqa: PLR0913 - what every page is made of; by name but for the first three
        self,
        request: Request,
        visitor: Visitor | None,
        template: str,
        *,
        title: str,
        status: int = 200,
        faults: Sequence[Wrong] = (),
        breadcrumbs: Sequence[tuple[str, str | None]] = (),
        **context: object,
    ) -> HTMLResponse:
        """Make a page; what else it shows is given by name."""
        made = self._templates.get_template(template).render(
            **self._common(request, visitor),
            title=title,
            faults=[fault.item for fault in faults],
            wrong={fault.field: {"text": fault.message} for fault in faults},
            breadcrumbs=[{"text": text, "href": href} for text, href in breadcrumbs],
            **context,
        )
        return HTMLResponse(made, status, _NO_STORE)

    def problem_page(self, request: Request, answer: Response) -> Response:
        """Show what went wrong as a page, with the status and headers of the answer to machines."""
        said = errors.said(request, answer)
        page = self.page(request, None, "app/problem.html", status=answer.status_code, **said)
        for name in ("www-authenticate", "retry-after", "allow"):
            if name in answer.headers:
                page.headers[name] = answer.headers[name]
        for name, value in told(secure=self._secure).items():
            page.headers.setdefault(name, value)
        return page

    def _common(self, request: Request, visitor: Visitor | None) -> dict[str, Any]:
        role = None if visitor is None else visitor.role
        path = request.url.path
        home = "" if self._service == "dashboards" else self._homes["dashboards"] or ""
        return {
            "visitor": visitor,
            "visitor_name": "" if visitor is None else self._named(visitor.caller),
            "csrf": visitor is not None and visitor.csrf is not None,
            "csrf_field": csrf_field(None if visitor is None else visitor.csrf),
            "navigation": []
            if role is None
            else list(navigation.entries(role, self._service, path, self._homes)),
            "footer": [(text, f"{home}{place}") for text, place in navigation.FOOTER],
            "home": f"{home}/",
            "marking": MARKING,
            "path": path,
        }

    def _named(self, caller: Caller) -> str:
        role = caller.role.replace("-", " ").replace("pcc", "PCC").replace("qa", "QA")
        return f"{self._desk.registry.name_of(caller.agency) or caller.agency}, {role}"

    async def _asset(self, request: Request, name: str) -> Response:
        return ASSETS.answer(request, name)

    async def _signed_out(self, request: Request) -> Response:
        return self.page(request, None, "app/signed-out.html", title="You are signed out")


async def visitor_of(request: Request, credentials: Credentials) -> Visitor:
    """Return who looks at a page. Raises Unauthorised, shown to a browser as the way to sign in."""
    return await web_of(request).visitor(request, credentials)


def web_of(request: Request) -> Web:
    """Return the application's pages."""
    web: Web = request.app.state.web
    return web


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe what a page answers beside 200: a page to people, a problem to machines."""
    both: dict[str, Any] = {problems.MEDIA_TYPE: {}, "text/html": {}}
    return {
        status: {"content": both, "description": _SAID[status]} for status in (401, *statuses, 503)
    }


@cache
def environment(templates: Path) -> Environment:
    """Return the templates of a service, over ours, over GOV.UK Frontend's; those used compiled."""
    govuk = {"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}
    own = FileSystemLoader([templates, _OWN])
    made = Environment(
        loader=ChoiceLoader([own, PrefixLoader(govuk)]),
        autoescape=select_autoescape(["html"]),
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(asset=ASSETS.address, asking=asking)
    made.filters.update(words.FILTERS, table_body=tables.body, cell=tables.written)
    done: set[str] = set()
    for name in own.list_templates():
        _compile(made, name, done)
    return made


def _compile(made: Environment, name: str, done: set[str]) -> None:
    """Compile a template and all that it uses, so that nobody's first page waits for it."""
    assert made.loader is not None  # noqa: S101 - it was made with one
    if name in done:
        return
    done.add(name)
    source, _, _ = made.loader.get_source(made, name)
    made.get_template(name)
    for used in meta.find_referenced_templates(made.parse(source)):
        if used is not None:
            _compile(made, used, done)
