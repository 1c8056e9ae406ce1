"""What does intake serve? Events in; receipts, look-ups and imports are in their own files."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
from fastapi import FastAPI, HTTPException, Query, Request, Response

from services.intake import (
    accesses_api,
    drafts_api,
    erasures_api,
    feed_api,
    fhir_api,
    glass_api,
    identity_api,
    imports_api,
    lookups_api,
    reading,
    receipts_api,
    referral_api,
    referral_list_api,
    strict_json,
    templates_api,
    webhooks_api,
)
from services.intake.candidates import TITLES, Answer, Offered
from services.intake.desk import AtDesk, Desk
from services.intake.limits import TooMuch
from services.intake.openapi import EVENTS_BODY, EVENTS_RESPONSES
from services.intake.settings import Settings
from services.intake.strict_json import NotJson
from services.runtime import problems
from services.runtime.auth import Caller
from services.runtime.callers import Asking
from services.runtime.contracts import Contracts, Fault

MAX_EVENT: Final = 256 * 1024
MAX_BATCH: Final = 10 * 1024 * 1024
MAX_EVENTS: Final = 1_000
_MODES: Final = (
    "Send application/cloudevents+json, application/cloudevents-batch+json, or application/json"
    " with ce- headers; in UTF-8."
)


def create_app(settings: Settings, contracts: Contracts | None = None) -> FastAPI:
    """Return the application; `app.state.desk.open` must be awaited before it is asked."""
    app = FastAPI(
        title="Referral Watch intake",
        version="1.0.0",
        description="Events about children in need of safeguarding, from the agencies that act.",
        docs_url=None,
        redoc_url=None,
    )
    app.state.desk = Desk(
        settings, contracts or Contracts.load(settings.schemas, settings.policy_pack)
    )
    app.add_middleware(problems.BodyLimit, limit=_limit)
    app.post(
        "/v1/events",
        summary="Send one event or a batch",
        operation_id="send_events",
        status_code=202,
        response_model=None,
        response_class=Response,
        responses=EVENTS_RESPONSES,
        openapi_extra=EVENTS_BODY,
    )(send_events)
    reads = (
        receipts_api,
        referral_list_api,
        referral_api,
        feed_api,
        lookups_api,
        accesses_api,
        identity_api,
    )
    writes = (
        webhooks_api,
        templates_api,
        imports_api,
        fhir_api,
        glass_api,
        erasures_api,
        drafts_api,
    )
    for part in (*reads, *writes):
        app.include_router(part.routes())
    app.add_exception_handler(TooMuch, _too_much)
    app.add_exception_handler(NotJson, _unreadable)
    return app


async def send_events(
    request: Request,
    desk: AtDesk,
    caller: Asking,
    validate_only: Annotated[bool, Query(description="Judge, and keep nothing.")] = False,  # noqa: FBT002 - a query parameter
) -> Response:
    """Take events in: 202 only after they are kept for good."""
    try:
        mode = reading.mode_of(_headers(request))
    except reading.UnknownMode:
        return problems.problem(415, _MODES, "unsupported-media-type")
    desk.backlog.check()
    if mode != reading.BATCH:
        return await _take(request, desk, caller, mode, keep=not validate_only)
    async with desk.uploads.turn(caller.agency):
        return await _take(request, desk, caller, mode, keep=not validate_only)


async def _take(request: Request, desk: Desk, caller: Caller, mode: str, *, keep: bool) -> Response:
    """Read the body, within the limits, and pass its events on."""
    body = await request.body()
    if oversized := _oversized(mode, body):
        return oversized
    try:
        offered = await _offered(mode, _headers(request), body)
    except reading.NotABatch:
        fault = {"pointer": "", "code": "wrong-type", "message": "A batch is a list of events."}
        return problems.problem(422, "The batch is not right", "invalid-batch", [fault])
    if len(offered) > MAX_EVENTS:
        title = f"A batch has at most {MAX_EVENTS} events"
        return problems.problem(413, title, "too-many-events")
    desk.rates.take(caller.agency, len(offered))
    if mode != reading.BATCH and keep:
        return _single_answer(await desk.together.take(caller, offered[0]))
    async with desk.turns.turn(caller.agency):
        answers = await desk.intake.take(caller, offered, keep=keep)
    return _batch_answer(answers) if mode == reading.BATCH else _single_answer(answers[0])


def _oversized(mode: str, body: bytes) -> Response | None:
    """Refuse what is too much to read, before it is read."""
    if mode != reading.BATCH and len(body) > MAX_EVENT:
        return problems.problem(413, "The event is too large", "event-too-large")
    if strict_json.crowded(body):
        title = "The batch holds too many values; send it as several"
        return problems.problem(413, title, "too-many-values")
    return None


def _headers(request: Request) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in request.headers.items()]


async def _offered(mode: str, headers: Sequence[tuple[str, str]], body: bytes) -> list[Offered]:
    """Read what a body offers; a large one in a thread, so that nobody waits for it."""
    if len(body) > MAX_EVENT:
        return await asyncio.to_thread(_read, mode, headers, body)
    return _read(mode, headers, body)


def _read(mode: str, headers: Sequence[tuple[str, str]], body: bytes) -> list[Offered]:
    if mode == reading.BATCH:
        return reading.many(body)
    return [reading.one(body) if mode == reading.STRUCTURED else reading.binary(headers, body)]


def _single_answer(answer: Answer) -> Response:
    if answer.outcome == "rejected":
        errors = [_fault(error) for error in answer.errors]
        return problems.problem(answer.status, TITLES[answer.code], answer.code, errors)
    content = {
        "receipt": answer.receipt,
        "source": answer.source,
        "id": answer.id,
        "outcome": answer.outcome,
        **_warnings(answer),
    }
    return _json(content, answer.status)


def _batch_answer(answers: Sequence[Answer]) -> Response:
    return _json({"receipts": [_item(answer) for answer in answers]}, 200)


def _item(answer: Answer) -> dict[str, Any]:
    item: dict[str, Any] = {
        "source": answer.source,
        "id": answer.id,
        "outcome": answer.outcome,
        "status": answer.status,
    }
    if answer.outcome != "rejected":
        return item | {"receipt": answer.receipt} | _warnings(answer)
    return item | {"code": answer.code, "errors": _errors(answer)}


def _errors(answer: Answer) -> list[dict[str, object]]:
    """A rejected event of a batch always says why: its faults, else what was refused."""
    if answer.errors:
        return [_fault(error) for error in answer.errors]
    return [{"pointer": "", "code": answer.code, "message": TITLES[answer.code] + "."}]


def _warnings(answer: Answer) -> dict[str, object]:
    return {"warnings": answer.warnings} if answer.warnings else {}


def _fault(fault: Fault) -> dict[str, object]:
    return {"pointer": fault.pointer, "code": fault.code, "message": fault.message}


async def _unreadable(_: Request, error: Exception) -> Response:
    """Answer 400 for a body that is not JSON, and say where."""
    if not isinstance(error, NotJson):
        raise HTTPException(500)
    place = {"line": error.line, "column": error.column} if error.line else {}
    where = f" Line {error.line}, column {error.column}." if error.line else ""
    fault = {"pointer": "", "code": error.code, "message": error.message + where, **place}
    return problems.problem(400, "The body cannot be read", error.code, [fault])


def _json(content: object, status: int) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")


async def _too_much(_: Request, error: Exception) -> Response:
    """Answer 429 or 503, saying when to try again."""
    if not isinstance(error, TooMuch):
        raise HTTPException(500)
    headers = {"Retry-After": str(error.seconds)}
    return problems.problem(error.status, "Try again later", error.code, headers=headers)


def _limit(path: str) -> int:
    return imports_api.MAX_FILE if path.startswith("/v1/imports") else MAX_BATCH
