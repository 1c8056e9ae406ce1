"""How do we say no? RFC 9457 problem details that never repeat what was sent.

A service with pages sets `app.state.problem_page`: what a person's browser is shown instead.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import asyncpg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.runtime import auth, guard, log, postgres

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 5
ORDINARY_BODY: Final = 1024 * 1024
"""What a service that takes in no files may be sent, in bytes."""
_log = log.get(__name__)

Fault = Mapping[str, object]
Handler = Callable[[Request, Exception], Awaitable[Response]]


def problem(
    status: int,
    title: str,
    code: str,
    errors: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return a problem document; `errors` are {pointer, code, message} without any value sent."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code,
    }
    if errors:
        content["errors"] = [dict(error) for error in errors]
    return JSONResponse(content, status, dict(headers or {}), MEDIA_TYPE)


def away() -> JSONResponse:
    """Return 503: something we need is away, the same request will do later."""
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return problem(503, "Try again in a moment", "unavailable", headers=headers)


def install(app: FastAPI) -> None:
    """Answer every failure of `app` with a problem document; bound its bodies if it does not."""
    installed: list[object] = [one.cls for one in app.user_middleware]
    if BodyLimit not in installed:
        app.add_middleware(BodyLimit, limit=lambda _: ORDINARY_BODY)
    app.add_exception_handler(RequestValidationError, _shown(_invalid))
    app.add_exception_handler(HTTPException, _shown(_http))
    app.add_exception_handler(auth.Unauthorised, _shown(_unauthorised))
    app.add_exception_handler(auth.Forbidden, _shown(_forbidden))
    app.add_exception_handler(asyncpg.CharacterNotInRepertoireError, _shown(_not_text))
    for kind in (*postgres.NOT_NOW, asyncpg.InterfaceError, guard.NotNow, Exception):
        app.add_exception_handler(kind, _shown(_failed))


def wants_page(request: Request) -> bool:
    """Say whether a person's browser asks: it names HTML, and machines do not."""
    return "text/html" in request.headers.get("accept", "")


def _shown(handler: Handler) -> Handler:
    """Have what a handler answers shown as a page where a person asked and there are pages."""

    async def answer(request: Request, error: Exception) -> Response:
        found = await handler(request, error)
        page = getattr(request.app.state, "problem_page", None)
        if page is None or not wants_page(request):
            return found
        shown: Response = page(request, found)
        return shown

    return answer


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    """Say where a request is wrong; pydantic's `input`, `ctx` and text stay here."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    faults = [_fault(one["loc"], one["type"], one.get("message")) for one in error.errors()]
    return problem(422, "The request is not right", "invalid-request", faults)


def _fault(location: Sequence[int | str], code: str, message: str | None) -> Fault:
    """Point at one fault; a member we do not know is the sender's word, so we name its parent.

    `message` is our own sentence, where a route has given one.
    """
    known = location[:-1] if code == "extra_forbidden" else location
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in known)
    said = {} if message is None else {"message": message}
    return {"pointer": "/" + "/".join(parts), "code": code, **said}


async def _http(_: Request, error: Exception) -> JSONResponse:
    """Answer what the framework refused: its status and the status's own phrase."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "-")
    return problem(error.status_code, phrase, code, headers=error.headers)


async def _unauthorised(_: Request, error: Exception) -> JSONResponse:
    """Answer 401 with the reason code of the verifier."""
    code = error.reason if isinstance(error, auth.Unauthorised) else "unauthorised"
    headers = {"WWW-Authenticate": 'Bearer realm="referral-watch"'}
    return problem(401, "Say who you are", code, headers=headers)


async def _forbidden(_: Request, __: Exception) -> JSONResponse:
    """Answer 403 to who may not."""
    return problem(403, "Forbidden", "forbidden")


async def _not_text(_: Request, __: Exception) -> JSONResponse:
    """Answer 422 for text that the database cannot hold: the net under every route's own check."""
    return problem(422, "The request is not right", "invalid-request")


async def _failed(request: Request, error: Exception) -> JSONResponse:
    """Answer 503 for what may pass, 500 without a word for anything else."""
    if isinstance(error, guard.NotNow) or postgres.is_not_now(error):
        _log.warning("request put off", error=error)
        return away()
    _log.error("request failed", error=error, method=request.method)
    return problem(500, "Something went wrong here", "internal")


class BodyLimit:
    """ASGI middleware: refuses a body over its route's limit while it is still on the socket.

    `limit` says how many bytes a path may be sent.
    """

    def __init__(self, app: ASGIApp, limit: Callable[[str], int]) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413 at once when the length is stated, else as soon as it is passed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        if _stated_length(scope) > limit:
            await _too_large()(scope, receive, send)
            return
        await self._app(scope, _counted(receive, limit), send)


def _stated_length(scope: Scope) -> int:
    """Return what Content-Length says, 0 without one."""
    stated = dict(scope["headers"]).get(b"content-length", b"0")
    return int(stated) if stated.isdigit() else 0


def _too_large() -> JSONResponse:
    return problem(413, "The body is too large", "too-large", headers={"Connection": "close"})


def _counted(receive: Receive, limit: int) -> Receive:
    """Wrap `receive` so that more than `limit` bytes raise 413 inside the application."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise HTTPException(413, headers={"Connection": "close"})
        return message

    return counted
