"""What do alerts serve?"""

import re
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from fastapi import Depends, FastAPI, HTTPException, Query, Response
from fastapi.exceptions import RequestValidationError

from services.alerts import mail_store, queue, weekly
from services.alerts.answers import AlertPage, AlertWhole, OutboxState, WeeklyReport
from services.alerts.desk import AtDesk, Desk
from services.alerts.notices import Telling
from services.alerts.question import Question, WeekAsked
from services.alerts.settings import Settings
from services.domain.alert_policy_file import read_alert_policy
from services.domain.contacts import Contacts
from services.domain.rules.described import RULES
from services.runtime import clock
from services.runtime.callers import Asking
from services.runtime.contracts import Contracts, read_toml
from services.runtime.cursors import BadCursor
from services.runtime.questions import each_once, fault
from services.runtime.refusals import refusal

CSV: Final = "text/csv"
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHARED: Final[dict[int | str, dict[str, Any]]] = {
    401: refusal("Nobody we know."),
    403: refusal("This role sees no child's alerts."),
    422: refusal("Every fault of the parameters."),
    503: refusal("The database is away; try again."),
}


def create_app(settings: Settings, contracts: Contracts | None = None) -> FastAPI:
    """Return the application; the desk's pools must be set before it is asked anything.

    Raises AlertPolicyFaults or ContactFaults, each naming every fault of its file.
    """
    app = FastAPI(
        title="Referral Watch alerts",
        version="1.0.0",
        description="Who has to act on what is owed, and whether they have.",
        docs_url=None,
        redoc_url=None,
    )
    known = contracts or Contracts.load(settings.schemas, settings.policy_pack)
    app.state.desk = Desk(
        known.registry,
        read_telling(settings, known),
        settings.jwks_file,
        mails=settings.smtp_host is not None,
    )
    app.get(
        "/api/v1/alerts",
        summary="The queue of the alerts that the caller may see",
        operation_id="alerts",
        response_model=None,
        response_class=Response,
        responses={200: {"model": AlertPage, "description": "One page."}, **_SHARED},
    )(alerts)
    app.get(
        "/api/v1/alerts/weekly",
        summary="The alerts that nobody had answered for at the end of a week",
        operation_id="weekly",
        response_model=None,
        response_class=Response,
        responses={
            200: {"model": WeeklyReport, "content": {CSV: {}}, "description": "Counts."},
            **_SHARED,
        },
    )(weekly_report)
    app.get(
        "/api/v1/alerts/outbox",
        summary="Whether mail is sent, what waits, and which addresses refuse",
        operation_id="outbox",
        response_model=None,
        response_class=Response,
        responses={200: {"model": OutboxState, "description": "As it is now."}, **_SHARED},
    )(outbox)
    app.get(
        "/api/v1/alerts/{alert_id}",
        summary="One alert with its whole history",
        operation_id="alert",
        response_model=None,
        response_class=Response,
        responses={
            200: {"model": AlertWhole, "description": "All that is known of it."},
            404: refusal("No alert that the caller may see."),
            **_SHARED,
        },
    )(alert)
    return app


def read_telling(settings: Settings, known: Contracts) -> Telling:
    """Read by what it is decided who is told.

    Raises AlertPolicyFaults or ContactFaults, each naming every fault of its file.
    """
    file = settings.alert_policy or settings.schemas / "policy" / "alerts.toml"
    policy = read_alert_policy(read_toml(file), RULES, known.policy().calendar)
    contacts = Contacts.parse(read_toml(settings.contacts), known.registry, known.codes["unit"])
    return Telling(policy, contacts)


async def alerts(
    desk: AtDesk,
    caller: Asking,
    _: Annotated[None, Depends(each_once(Question))],
    asked: Annotated[Question, Query()],
) -> Response:
    """Return the alerts that the caller may see; filters narrow and never widen."""
    try:
        found = await queue.page(desk, caller, asked, clock.now())
    except BadCursor:
        raise RequestValidationError([fault("cursor", "cursor")]) from None
    return Response(msgspec.json.encode(found), media_type="application/json")


async def weekly_report(
    desk: AtDesk,
    caller: Asking,
    _: Annotated[None, Depends(each_once(WeekAsked))],
    asked: Annotated[WeekAsked, Query()],
) -> Response:
    """Return the counts that the caller may see; small ones hidden from who sees counts alone."""
    try:
        found = await weekly.answer(desk, caller, asked.week, clock.now())
    except weekly.NoSuchWeek:
        raise RequestValidationError([fault("week", "no-such-week")]) from None
    if asked.format == "csv":
        return Response(weekly.as_csv(found), media_type=CSV)
    return Response(msgspec.json.encode(found), media_type="application/json")


async def outbox(desk: AtDesk, caller: Asking) -> Response:
    """Return how the outbox stands, for administrators: no child is in it."""
    if caller.role != "administrator":
        raise HTTPException(403)
    found = await mail_store.standing(desk.pool, mails=desk.mails)
    return Response(msgspec.json.encode(found), media_type="application/json")


async def alert(
    desk: AtDesk,
    caller: Asking,
    alert_id: str,
) -> Response:
    """Return one alert that the caller may see."""
    if not _UUID.fullmatch(alert_id):
        raise HTTPException(404)
    found = await queue.one(desk, caller, UUID(alert_id), clock.now())
    if found is None:
        raise HTTPException(404)
    return Response(msgspec.json.encode(found), media_type="application/json")
