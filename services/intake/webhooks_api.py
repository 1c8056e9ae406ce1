"""How are webhooks registered, looked at and mended?"""

from typing import Any, Final, TypeVar

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from msgspec import json
from pydantic import BaseModel

from services.intake.desk import AtDesk
from services.intake.feed import Cursor, Gone
from services.intake.minted import Minted
from services.intake.openapi import responses
from services.intake.webhook_answers import Asked, NewSecret, Undelivered, Webhook, WebhookMade
from services.intake.webhook_answers import Webhooks as WebhookList
from services.intake.webhook_bodies import Chosen, From, Registration, described, read
from services.intake.webhook_url import url_fault
from services.intake.webhooks import TooMany
from services.runtime import problems
from services.runtime.callers import Asking
from services.runtime.cursors import BadCursor

Found = TypeVar("Found")
_NO_STORE: Final = {"Cache-Control": "no-store"}


async def put_webhook(request: Request, desk: AtDesk, caller: Asking) -> Response:
    """Register an address; its secret is in the answer, and in no other."""
    sent = await read(request, Registration)
    fault = url_fault(sent.url, private=desk.private_receivers)
    if fault is not None:
        raise RequestValidationError([{"loc": ("body", "url"), "type": fault}])
    try:
        made = await desk.webhooks.put(caller, sent.url, paused=sent.paused)
    except TooMany:
        return problems.problem(409, "There are as many webhooks as may be", "too-many-webhooks")
    if made.secret is None:
        return _json(made.webhook, 200)
    return _json(made.webhook | {"secret": made.secret}, 201)


async def webhooks(desk: AtDesk, caller: Asking) -> Response:
    """List the caller's agency's webhooks."""
    return _json({"items": await desk.webhooks.every(caller)})


async def webhook(desk: AtDesk, caller: Asking, webhook_id: Minted) -> Response:
    """Say how a webhook is."""
    return _json(_found(await desk.webhooks.one(caller, webhook_id)))


async def delete_webhook(desk: AtDesk, caller: Asking, webhook_id: Minted) -> Response:
    """Forget a webhook."""
    _require(done=await desk.webhooks.delete(caller, webhook_id))
    return Response(status_code=204)


async def ping_webhook(desk: AtDesk, caller: Asking, webhook_id: Minted) -> Response:
    """Have a webhook tried."""
    _require(done=await desk.webhooks.ping(caller, webhook_id))
    return _json({"asked": 1}, 202)


async def rotate_webhook_secret(desk: AtDesk, caller: Asking, webhook_id: Minted) -> Response:
    """Change a webhook's secret."""
    secret, until = _found(await desk.webhooks.rotate(caller, webhook_id))
    return _json({"secret": secret, "old_secret_until": until})


async def replay_webhook(
    request: Request, desk: AtDesk, caller: Asking, webhook_id: Minted
) -> Response:
    """Call again for what comes after a place of the feed."""
    sent = await read(request, From)
    try:
        after = None if sent.after is None else Cursor.decode(sent.after)
        _require(done=await desk.webhooks.replay(caller, webhook_id, after))
    except BadCursor:
        raise RequestValidationError([{"loc": ("body", "after"), "type": "cursor"}]) from None
    except Gone:
        return problems.problem(410, "This place of the feed is no more", "cursor-gone")
    return _json({"asked": 1}, 202)


async def webhook_undelivered(desk: AtDesk, caller: Asking, webhook_id: Minted) -> Response:
    """List what was given up."""
    return _json({"items": _found(await desk.webhooks.undelivered(caller, webhook_id))})


async def redrive_webhook(
    request: Request, desk: AtDesk, caller: Asking, webhook_id: Minted
) -> Response:
    """Have what was given up tried once more."""
    sent = await read(request, Chosen)
    asked = _found(await desk.webhooks.redrive(caller, webhook_id, sent.ids))
    return _json({"asked": asked}, 202)


def _require(*, done: bool) -> None:
    if not done:
        raise HTTPException(404)


def _found(found: Found | None) -> Found:
    if found is None:
        raise HTTPException(404)
    return found


def _json(content: object, status: int = 200) -> Response:
    return Response(json.encode(content), status, _NO_STORE, "application/json")


def _said(status: int, model: type[BaseModel], words: str) -> dict[int, dict[str, Any]]:
    return {status: {"model": model, "description": words}}


_ASKED: Final = _said(202, Asked, "It will be done; look at the webhook.")
_PUT: Final = _said(200, Webhook, "It was known; paused or resumed as asked.") | _said(
    201, WebhookMade, "Its secret is told this once."
)
_ROUTES: Final = (
    ("PUT", "", put_webhook, "Have an address called when your feed goes on",
     _PUT, (400, 409, 413, 422)),
    ("GET", "", webhooks, "Your webhooks", _said(200, WebhookList, "As they were registered."), ()),
    ("GET", "/{webhook_id}", webhook, "One webhook", _said(200, Webhook, "How it is."), (404,)),
    ("DELETE", "/{webhook_id}", delete_webhook, "Call it no more",
     {204: {"description": "Forgotten."}}, (404,)),
    ("POST", "/{webhook_id}/ping", ping_webhook, "Call it once, to try it", _ASKED, (404,)),
    ("POST", "/{webhook_id}/secret", rotate_webhook_secret, "Change its secret",
     _said(200, NewSecret, "Told this once."), (404,)),
    ("POST", "/{webhook_id}/replay", replay_webhook, "Call again from a place of the feed on",
     _ASKED, (400, 404, 410, 413, 422)),
    ("GET", "/{webhook_id}/undelivered", webhook_undelivered, "What could not be delivered",
     _said(200, Undelivered, "The first 500, in order."), (404,)),
    ("POST", "/{webhook_id}/redrive", redrive_webhook, "Try once more what could not be delivered",
     _ASKED, (400, 404, 413, 422)),
)  # fmt: skip
_BODIES: Final = {
    "put_webhook": described(Registration, required=True),
    "replay_webhook": described(From),
    "redrive_webhook": described(Chosen),
}


def routes() -> APIRouter:
    """Return the routes under /v1/webhooks."""
    router = APIRouter(prefix="/v1/webhooks")
    for method, path, function, summary, success, refusals in _ROUTES:
        router.add_api_route(
            path,
            function,
            methods=[method],
            summary=summary,
            operation_id=function.__name__,
            status_code=max(success),
            response_model=None,
            response_class=Response,
            responses=responses(success, *sorted({401, 403, 503, *refusals})),
            openapi_extra=_BODIES.get(function.__name__),
        )
    return router
