"""What is said about this service itself? Words alone, for everybody, signed in or not."""

from collections.abc import Callable, Coroutine
from typing import Any, Final, NamedTuple

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from services.runtime.web import web_of

Route = Callable[[Request], Coroutine[Any, Any, Response]]


class Words(NamedTuple):
    """A page of words: its path, its title, its template."""

    path: str
    title: str
    template: str


PAGES: Final = (
    Words("/about-data", "About the data", "about/data.html"),
    Words("/accessibility", "Accessibility statement", "about/accessibility.html"),
    Words("/privacy", "Privacy", "about/privacy.html"),
    Words("/cookies", "Cookies", "about/cookies.html"),
    Words("/help", "Help", "about/help.html"),
)


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    for words in PAGES:
        routes.get(
            words.path,
            summary=words.title,
            operation_id=f"page-{words.path[1:]}",
            response_class=HTMLResponse,
        )(_shown(words))
    return routes


def _shown(words: Words) -> Route:
    async def show(request: Request) -> Response:
        return web_of(request).page(request, None, words.template, title=words.title)

    return show
