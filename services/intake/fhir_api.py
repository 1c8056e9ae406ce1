"""How does a health system send a FHIR bundle, and what is it answered? An OperationOutcome."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from fastapi import APIRouter, Request, Response

from services.intake import fhir, strict_json
from services.intake.answers import OperationOutcome
from services.intake.bundle import Bundle, Unfit
from services.intake.candidates import TITLES, Answer, Offered, Original
from services.intake.desk import AtDesk, Desk
from services.intake.fhir import Mapped
from services.intake.judgement import MAX_EVENT
from services.intake.openapi import FHIR_BODY, responses
from services.intake.strict_json import NotJson
from services.runtime import problems
from services.runtime.auth import Caller
from services.runtime.callers import Asking
from services.runtime.contracts import DEFINITIONS
from services.runtime.faults import pointer_of

MEDIA: Final = "application/fhir+json"
_POLICE_AREA: Final = "E23"
_WORDS: Final = {"accepted": "taken in", "duplicate": "taken in before"}
_STATUSES: Final = (400, 403, 409, 422)
_CODES: Final = {403: "forbidden", 409: "conflict", 422: "invalid"}
"""Issue types of FHIR for our statuses."""


def routes() -> APIRouter:
    """Return the route of a FHIR message."""
    router = APIRouter(prefix="/v1/fhir")
    described = responses(
        {200: {"description": "Kept, or kept before; the outcome's id is the receipt."}},
        *(400, 401, 403, 409, 413, 415, 422, 429, 503),
    )
    for status in (200, *_STATUSES):
        described[status]["model"] = OperationOutcome
        described[status]["content"] = {MEDIA: {}}
    router.post(
        "/$process-message",
        summary="Send a referral as a FHIR message bundle",
        operation_id="process_message",
        response_model=None,
        response_class=Response,
        responses=described,
        openapi_extra=FHIR_BODY,
    )(process_message)
    return router


async def process_message(request: Request, desk: AtDesk, caller: Asking) -> Response:
    """Take one message bundle in; its original is sealed beside the event."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != MEDIA:
        return problems.problem(415, f"Send {MEDIA}", "unsupported-media-type")
    desk.backlog.check()
    body = await request.body()
    if len(body) > MAX_EVENT:
        return problems.problem(413, TITLES["event-too-large"], "event-too-large")
    try:
        mapped = _mapped(desk, caller, body)
    except NotJson as error:
        where = f" Line {error.line}, column {error.column}." if error.line else ""
        return _outcome(400, [_issue("error", "structure", error.code, error.message + where)])
    except Unfit as error:
        path = [error.path]
        return _outcome(422, [_issue("error", error.code, "invalid-event", error.message, path)])
    desk.rates.take(caller.agency, 1)
    event = {"source": f"/{caller.agency}/{fhir.SYSTEM}", **mapped.event}
    answer = await desk.together.take(caller, Offered(event, original=Original(MEDIA, body)))
    return _answered(answer, mapped)


def _mapped(desk: Desk, caller: Caller, body: bytes) -> Mapped:
    """Read and map a bundle. Raises NotJson, Unfit."""
    content, flaws = strict_json.parse(body)
    if flaws:
        first = min(flaws, key=lambda flaw: len(flaw.path))
        where = "Bundle" + pointer_of(first.path).replace("/", ".")
        raise Unfit("value", where, first.message)
    agency = desk.registry.agencies.get(caller.agency)
    areas = [a for a in (agency.areas if agency else ()) if not a.startswith(_POLICE_AREA)]
    area = areas[0] if len(areas) == 1 else None
    harms = desk.contracts.schemas[DEFINITIONS]["$defs"]["harms"]["items"]["enum"]
    return fhir.read(Bundle(content), frozenset(harms), area)


def _answered(answer: Answer, mapped: Mapped) -> Response:
    if answer.outcome == "rejected" and answer.status not in _CODES:
        return problems.problem(answer.status, TITLES[answer.code], answer.code)
    if answer.outcome == "rejected":
        errors = [
            _issue("error", _CODES[answer.status], e.code, e.message, _where(mapped, e.pointer))
            for e in answer.errors
        ] or [_issue("error", _CODES[answer.status], answer.code, TITLES[answer.code] + ".")]
        return _outcome(answer.status, errors)
    text = f"The message was {_WORDS[answer.outcome]}."
    issues = [_issue("information", "informational", answer.outcome, text)]
    issues += [_issue("warning", "informational", w.code, w.message) for w in answer.warnings]
    issues += [_issue("information", "informational", "assumed", note) for note in mapped.notes]
    if mapped.unmapped:
        text = "These parts have no place here: they are kept in the original, and not judged."
        issues.append(_issue("warning", "not-supported", "unmapped", text, mapped.unmapped))
    return _outcome(200, issues, answer.receipt)


def _where(mapped: Mapped, pointer: str) -> Sequence[str]:
    """Where in the bundle a fault of the event is, as far as that is known."""
    while pointer:
        if (path := mapped.paths.get(pointer)) is not None:
            return [path]
        pointer = pointer.rpartition("/")[0]
    return []


def _issue(
    severity: str, kind: str, code: str, text: str, paths: Sequence[str] = ()
) -> dict[str, Any]:
    issue: dict[str, Any] = {
        "severity": severity,
        "code": kind,
        "details": {"coding": [{"code": code}], "text": text},
    }
    return issue | ({"expression": list(paths)} if paths else {})


def _outcome(status: int, issues: Sequence[dict[str, Any]], receipt: str | None = None) -> Response:
    content = {"resourceType": "OperationOutcome", "issue": issues}
    content |= {"id": receipt} if receipt else {}
    return Response(msgspec.json.encode(content), status, media_type=MEDIA)
