"""How do people come in and out? By their identity provider, and then by a cookie.

A service makes one `People`, includes its `router` and asks for the `session` in the dependency
that says who asks, where no token does. Everything unsafe that comes with a cookie must carry the
session's CSRF token (header `X-CSRF-Token`, or a form's field `csrf`) and come from our own pages.
"""

import hmac
import re
from collections.abc import Callable
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from asyncpg import Pool, Record
from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.runtime import log, problems
from services.runtime.auth import Unauthorised
from services.runtime.csrf import FIELD, unmasked
from services.runtime.oidc import CALLBACK, Begun, Provider
from services.runtime.sessions import SIGN_IN_LASTS, Session, Sessions
from services.runtime.settings import Settings

CSRF: Final = "X-CSRF-Token"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LOCAL: Final = re.compile(r"/(?![/\\])[^\x00-\x20\\]{0,500}")
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
SIGN_IN: Final = "/sign-in"
BACK: Final = "return_to"
"""The parameter that says where to go once one is signed in."""
SIGNED_OUT: Final = "/signed-out"
_NO_STORE: Final = {"Cache-Control": "no-store"}
_log = log.get(__name__)

PoolOf = Callable[[Request], "Pool[Record]"]


class People:
    """Signs people of one service in and out, and tells by their cookie who they are."""

    def __init__(self, settings: Settings, service: str, pool_of: PoolOf) -> None:
        self._provider = None if settings.oidc_issuer is None else Provider(settings)
        self._sessions = Sessions(settings.session_idle, settings.session_life)
        self._pool_of = pool_of
        public = urlsplit(settings.public_url or "")
        self._origin = f"{public.scheme}://{public.netloc}"
        self.secure = public.scheme != "http"
        prefix = "__Host-" if self.secure else ""
        self.cookie = f"{prefix}rw-{service}"
        self._begun = f"{prefix}rw-{service}-sign-in"

    def router(self) -> APIRouter:
        """Return the routes by which people come in and out."""
        routes = APIRouter(tags=["people"])
        routes.get(
            SIGN_IN,
            summary="To the identity provider",
            operation_id="signIn",
            status_code=303,
            responses=_told(303, 404, 422, 503),
            response_model=None,
            response_class=Response,
        )(self._sign_in)
        routes.get(
            CALLBACK,
            summary="Back from the identity provider",
            operation_id="signedIn",
            status_code=303,
            responses=_told(303, 401, 404, 422, 503),
            response_model=None,
            response_class=Response,
        )(self._come_back)
        routes.post(
            "/sign-out",
            summary="End this session",
            operation_id="signOut",
            status_code=204,
            responses=_told(204, 303, 401, 403),
            response_model=None,
            response_class=Response,
        )(self._sign_out)
        return routes

    async def session(self, request: Request) -> Session:
        """Return the session that a request's cookie names. Raises Unauthorised; 403 if unsafe."""
        token = request.cookies.get(self.cookie)
        if token is None:
            raise Unauthorised("missing")
        found = await self._sessions.find(self._pool_of(request), token)
        if found is None:
            raise Unauthorised("expired")
        if request.method not in _SAFE:
            await self._require_own_page(request, found)
        return found

    async def _require_own_page(self, request: Request, session: Session) -> None:
        """Refuse what another site may have made the browser send."""
        origin = request.headers.get("origin")
        stated = unmasked(await _stated(request))
        if origin not in (None, self._origin) or not hmac.compare_digest(
            stated.encode(), session.csrf.encode()
        ):
            raise HTTPException(403)

    async def _sign_in(
        self,
        request: Request,
        return_to: Annotated[str, Query(max_length=500)] = "/",
        keep: Annotated[
            Literal["yes", "no"], Query(description="Straight on, where one is signed in already.")
        ] = "no",
    ) -> Response:
        """Send the browser to the identity provider."""
        place = return_to if _LOCAL.fullmatch(return_to) else "/"
        held = request.cookies.get(self.cookie) if keep == "yes" else None
        if held is not None and await self._sessions.find(self._pool_of(request), held):
            return RedirectResponse(place, 303, _NO_STORE)
        if self._provider is None:
            raise HTTPException(404)
        begun = Begun.fresh()
        address = await self._provider.address(begun)
        await self._sessions.begin(self._pool_of(request), begun, place)
        answer = RedirectResponse(address, 303, _NO_STORE)
        self._keep(answer, self._begun, begun.state, int(SIGN_IN_LASTS.total_seconds()))
        return answer

    async def _come_back(
        self,
        request: Request,
        code: Annotated[str, Query(max_length=2000)] = "",
        state: Annotated[str, Query(max_length=200)] = "",
    ) -> Response:
        """Let in whom the provider vouches for, if it was this browser that asked."""
        if self._provider is None:
            raise HTTPException(404)
        held = request.cookies.get(self._begun, "")
        if not state or not hmac.compare_digest(held.encode(), state.encode()):
            raise Unauthorised("sign-in")
        pool = self._pool_of(request)
        taken = await self._sessions.take(pool, state)
        if taken is None or not code:
            raise Unauthorised("sign-in")
        begun, place = taken
        caller = await self._provider.caller(code, begun)
        token = await self._sessions.open(pool, caller, request.cookies.get(self.cookie))
        _log.info("signed in", agency=caller.agency, role=caller.role)
        answer = RedirectResponse(place, 303, _NO_STORE)
        self._keep(answer, self.cookie, token, None)
        self._forget(answer, self._begun)
        return answer

    async def _sign_out(self, request: Request) -> Response:
        """End the session, here and in the browser; a person is then told so by a page."""
        await self.session(request)
        await self._sessions.close(self._pool_of(request), request.cookies[self.cookie])
        answer = Response(status_code=204, headers=_NO_STORE)
        if problems.wants_page(request):
            answer = RedirectResponse(SIGNED_OUT, 303, _NO_STORE)
        self._forget(answer, self.cookie)
        return answer

    def _keep(self, answer: Response, name: str, value: str, seconds: int | None) -> None:
        # Lax, for the way back from the provider is another site's; CSRF tokens do the rest.
        answer.set_cookie(
            name, value, max_age=seconds, path="/", secure=self.secure, httponly=True,
            samesite="lax",
        )  # fmt: skip

    def _forget(self, answer: Response, name: str) -> None:
        answer.delete_cookie(name, path="/", secure=self.secure, httponly=True, samesite="lax")


async def _stated(request: Request) -> str:
    """Return the CSRF token that came along: in the header, or in a form's field."""
    if CSRF in request.headers:
        return request.headers[CSRF]
    if request.headers.get("content-type", "").startswith(_FORMS):
        field = (await request.form()).get(FIELD)
        return field if isinstance(field, str) else ""
    return ""


_SAID: Final = {
    204: "Signed out.",
    303: "Go there.",
    401: "Nobody we know, or not as we know them.",
    403: "Not from our own pages.",
    404: "People do not sign in here.",
    422: "Every fault of the parameters.",
    503: "The identity provider or the database is away; try again.",
}


def _told(*statuses: int) -> dict[int | str, dict[str, object]]:
    return {status: {"description": _SAID[status]} for status in statuses}
