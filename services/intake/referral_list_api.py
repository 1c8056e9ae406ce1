"""How is it asked which referrals an agency has, and which of them are disputed?"""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Response
from msgspec import json
from pydantic import BaseModel, Field

from services.domain.followed import Party
from services.intake.desk import AtDesk
from services.intake.disputed import State
from services.intake.openapi import responses
from services.intake.referral_answers import Decision, DisagreementTold
from services.intake.referral_list import Page
from services.runtime import clock
from services.runtime.callers import Asking

_NO_STORE: Final = {"Cache-Control": "no-store"}
_Party = Annotated[Party, Query(alias="as", description="As what your agency has them.")]
_After = Annotated[
    str | None,
    Query(description="`next` of the page before.", pattern=r"^[0-9a-f]{32}$"),
]
_Further = Annotated[
    str | None,
    Query(alias="after", description="`next` of the page before.", pattern=r"^[01][0-9a-f]{32}$"),
]
_Receipt = Annotated[str | None, Query(description="That one alone.", pattern=r"^[0-9a-f]{32}$")]
_Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]


class ListedReferral(BaseModel):
    """One referral, and what became of it. While it is `accepted` no more than that is told."""

    referral_ref: str
    as_: Party = Field(alias="as")
    receipt: str
    child_ref: str | None
    sent_at: datetime
    state: Literal["accepted", "made", "received", "decided", "told", "withdrawn"]
    made_at: datetime | None = None
    received_at: datetime | None = None
    decided_at: datetime | None = None
    told_at: datetime | None = None
    decision: Decision | None = None
    overdue: list[str] = Field(description="Rules whose clocks have run out.")
    next_due: datetime | None = Field(description="When the next clock runs out.")
    disagreement: DisagreementTold | None = None


class ReferralList(BaseModel):
    """The last first."""

    items: list[ListedReferral]
    next: str | None
    as_of: datetime


class ListedDisagreement(DisagreementTold):
    """A disagreement, and about which referral."""

    referral_ref: str
    child_ref: str
    sender: str | None
    recipient: str | None


class DisagreementList(BaseModel):
    """Open ones first, the oldest first."""

    items: list[ListedDisagreement]
    next: str | None
    as_of: datetime


def routes() -> APIRouter:
    """Return the routes of this module."""
    router = APIRouter(prefix="/v1")
    router.get(
        "/referrals",
        summary="The referrals that your agency has sent, or received",
        operation_id="referrals",
        response_model=None,
        response_class=Response,
        responses=responses(
            {200: {"model": ReferralList, "description": "With what became of each."}},
            *(401, 403, 422, 503),
        ),
    )(referrals)
    router.get(
        "/disagreements",
        summary="Referrals whose decision somebody disagrees with",
        operation_id="disagreements",
        response_model=None,
        response_class=Response,
        responses=responses(
            {
                200: {
                    "model": DisagreementList,
                    "description": "Those you are a party to, or review.",
                }
            },
            *(401, 403, 422, 503),
        ),
    )(disagreements)
    return router


async def referrals(  # noqa: PLR0913 - what is asked
    desk: AtDesk,
    caller: Asking,
    as_what: _Party = "sender",
    after: _After = None,
    receipt: _Receipt = None,
    limit: _Limit = 25,
) -> Response:
    """List an agency's referrals."""
    asked = Page(as_what, after, receipt, limit)
    return _answer(await desk.listed.page(caller, asked, clock.now()))


async def disagreements(
    desk: AtDesk,
    caller: Asking,
    state: Annotated[State, Query(description="Which of them.")] = "open",
    after: _Further = None,
    limit: _Limit = 25,
) -> Response:
    """List disagreements."""
    return _answer(await desk.disputed.page(caller, state, after, limit, clock.now()))


def _answer(found: dict[str, Any]) -> Response:
    return Response(json.encode(found), 200, _NO_STORE, "application/json")
