"""How is a referral asked for?"""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Response
from msgspec import json

from services.intake.desk import AtDesk
from services.intake.openapi import responses
from services.intake.referral import Asked, SeveralChildren
from services.intake.referral_answers import FollowedReferral
from services.runtime import clock, problems
from services.runtime.audit import Purpose
from services.runtime.callers import Asking

_Ref = Annotated[
    str, Path(description="The ref that the referral was made under.", pattern=r"^[!-~]{1,100}$")
]
_Purpose = Annotated[Purpose, Query(description="Why it is asked; kept on record with who asked.")]
_Receipt = Annotated[
    str | None,
    Query(
        description="A receipt of your own event: tells which child, where a ref is of several.",
        pattern=r"^[0-9a-f]{32}$",
    ),
]


def routes() -> APIRouter:
    """Return the routes under /v1/referrals."""
    router = APIRouter(prefix="/v1/referrals")
    router.get(
        "/{referral_ref:path}",
        summary="What became of a referral that you made or received",
        operation_id="referral",
        response_model=None,
        response_class=Response,
        responses=responses(
            {200: {"model": FollowedReferral, "description": "As it stands."}},
            *(401, 403, 404, 409, 422, 503),
        ),
    )(referral_of)
    return router


async def referral_of(
    desk: AtDesk,
    caller: Asking,
    referral_ref: _Ref,
    purpose: _Purpose = "referral-follow-up",
    receipt: _Receipt = None,
) -> Response:
    """Tell what became of a referral."""
    asked = Asked(referral_ref, receipt, purpose)
    try:
        found = await desk.follower.follow(caller, asked, clock.now())
    except SeveralChildren:
        fault = {"pointer": "/query/receipt", "code": "missing"}
        title = "This ref is used for several children: name one by a receipt"
        return problems.problem(409, title, "several-children", [fault])
    if found is None:
        raise HTTPException(404)
    headers = {"Cache-Control": "no-store"}
    return Response(json.encode(found), headers=headers, media_type="application/json")
