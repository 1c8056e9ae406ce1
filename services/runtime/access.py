"""Which routes were asked for, how did it go, how long did it take? Templates, never addresses."""

from typing import Final

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.runtime import clock, correlation, log, metrics

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET: Final = frozenset({"/metrics", "/health/live", "/health/ready"})
_log = log.get(__name__)


def install(app: FastAPI, service: str) -> None:
    """Count and log every request to `app`."""
    app.add_middleware(Access, service=service)


class Access:
    """ASGI middleware: one log line and one observation a request, by its route's template."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note how it went; 500 if it was never answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began_at, same = 500, clock.monotonic(), correlation.begin()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            self._note(scope, status, clock.monotonic() - began_at, same)

    def _note(self, scope: Scope, status: int, seconds: float, same: str) -> None:
        path = scope["path"]  # the status' own routes say no template: they are their own
        route = path if path in _QUIET else getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        metrics.HTTP_SECONDS.labels(self._service, route, method, status).observe(seconds)
        if route not in _QUIET:
            _log.info(
                "request",
                route=route,
                method=method,
                status=status,
                seconds=round(seconds, 4),
                correlation=same,
            )
