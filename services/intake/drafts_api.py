"""How are drafts kept and come back to?"""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, HTTPException, Response
from msgspec import json
from pydantic import BaseModel, ConfigDict, Field

from services.intake.desk import AtDesk
from services.intake.drafts import Kind, TooMany
from services.intake.minted import Minted
from services.intake.openapi import responses
from services.runtime import problems
from services.runtime.callers import Asking

_NO_STORE: Final = {"Cache-Control": "no-store"}
MAX_DRAFT: Final = 256 * 1024


class DraftBody(BaseModel):
    """What somebody has written so far."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    content: dict[str, Any] = Field(
        description="As the pages keep it; `child` as in events, by which erasure finds it."
    )


class SavedDraft(BaseModel):
    """A draft without what is in it."""

    draft_id: str
    kind: Kind
    saved_by: str
    saved_at: datetime
    ends_at: datetime = Field(description="When it is deleted, unless it is saved again.")


class ListedDraft(SavedDraft):
    """A draft in the list."""

    local_id: str | None = Field(description="The agency's own record number of the child.")


class DraftList(BaseModel):
    """The last saved first."""

    items: list[ListedDraft]


class WholeDraft(ListedDraft):
    """A draft with what is in it."""

    content: dict[str, Any]


def routes() -> APIRouter:
    """Return the routes under /v1/drafts."""
    router = APIRouter(prefix="/v1/drafts")
    router.get(
        "",
        summary="What your agency has begun and not sent",
        operation_id="drafts",
        response_model=None,
        response_class=Response,
        responses=responses(
            {200: {"model": DraftList, "description": "Of your agency alone."}}, 401, 403, 503
        ),
    )(drafts)
    router.post(
        "",
        summary="Keep what has been written so far",
        operation_id="begin_draft",
        status_code=201,
        response_model=None,
        response_class=Response,
        responses=responses(
            {201: {"model": SavedDraft, "description": "Kept, sealed."}},
            *(400, 401, 403, 409, 413, 422, 503),
        ),
    )(begin_draft)
    router.get(
        "/{draft_id}",
        summary="Come back to a draft",
        operation_id="draft",
        response_model=None,
        response_class=Response,
        responses=responses(
            {200: {"model": WholeDraft, "description": "With all that is in it."}},
            *(401, 403, 404, 422, 503),
        ),
    )(draft)
    router.put(
        "/{draft_id}",
        summary="Keep more of it",
        operation_id="save_draft",
        response_model=None,
        response_class=Response,
        responses=responses(
            {200: {"model": SavedDraft, "description": "Kept anew; its days begin again."}},
            *(400, 401, 403, 404, 413, 422, 503),
        ),
    )(save_draft)
    router.delete(
        "/{draft_id}",
        summary="Forget a draft",
        operation_id="delete_draft",
        status_code=204,
        response_model=None,
        response_class=Response,
        responses=responses({204: {"description": "Gone."}}, *(401, 403, 404, 422, 503)),
    )(delete_draft)
    return router


async def drafts(desk: AtDesk, caller: Asking) -> Response:
    """List the drafts of the caller's agency."""
    return _answer({"items": await desk.drafts.all(caller)})


async def draft(desk: AtDesk, caller: Asking, draft_id: Minted) -> Response:
    """Show one draft."""
    return _answer(await desk.drafts.one(caller, draft_id))


async def begin_draft(desk: AtDesk, caller: Asking, said: Annotated[DraftBody, Body()]) -> Response:
    """Keep a new draft."""
    return await _saved(desk, caller, None, said)


async def save_draft(
    desk: AtDesk, caller: Asking, draft_id: Minted, said: Annotated[DraftBody, Body()]
) -> Response:
    """Keep a draft anew."""
    return await _saved(desk, caller, draft_id, said)


async def delete_draft(desk: AtDesk, caller: Asking, draft_id: Minted) -> Response:
    """Forget a draft."""
    there = await desk.drafts.delete(caller, draft_id)
    if not there:
        raise HTTPException(404)
    return Response(status_code=204)


async def _saved(desk: AtDesk, caller: Asking, draft_id: str | None, said: DraftBody) -> Response:
    if len(json.encode(said.content)) > MAX_DRAFT:
        raise HTTPException(413)
    try:
        found = await desk.drafts.save(caller, draft_id, said.kind, said.content)
    except TooMany:
        return problems.problem(409, "There are as many drafts as may be", "too-many-drafts")
    return _answer(found, 201 if draft_id is None else 200)


def _answer(found: dict[str, Any] | None, status: int = 200) -> Response:
    if found is None:
        raise HTTPException(404)
    return Response(json.encode(found), status, _NO_STORE, "application/json")
