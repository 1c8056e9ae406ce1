"""How are answers sent, and how is every route described alike?"""

from typing import Annotated, Any, Final

import msgspec
from fastapi import HTTPException, Path, Response

from services.domain.responses.record import Entry
from services.responses import store
from services.responses.desk import Desk
from services.runtime.auth import Caller
from services.runtime.refusals import refusal

Ref = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="As the inspection answered it.")]
NO_STORE: Final = {"Cache-Control": "no-store"}
_SAID: Final = {
    400: "Not what it is said to be.",
    401: "Nobody we know.",
    403: "This role is not shown it, or may not do it.",
    404: "There is no such thing that the caller may see.",
    409: "Not now: the title says what must come first.",
    413: "The file is too large.",
    415: "Not a file of this kind.",
    422: "Every fault of the request.",
    503: "Something that is needed is away; try again.",
}


def says(
    name: str, model: type | None, words: str, *refused: int, status: int = 200
) -> dict[str, Any]:
    """Describe a route: what it answers, and what it answers when it does not."""
    found: dict[int | str, dict[str, Any]] = {
        one: refusal(_SAID[one]) for one in (401, *refused, 422, 503)
    }
    good: dict[str, Any] = {"description": words}
    return {
        "operation_id": name,
        "status_code": status,
        "response_model": None,
        "response_class": Response,
        "responses": {status: good if model is None else {**good, "model": model}, **found},
    }


def json(content: object, status: int = 200) -> Response:
    """Answer as JSON."""
    return Response(
        msgspec.json.encode(content), status, media_type="application/json", headers=NO_STORE
    )


async def entries_for(desk: Desk, caller: Caller, response_id: str) -> list[Entry]:
    """Return the entries of a response of the caller's own body. Raises 404."""
    if await store.agency_of(desk.pool, response_id) != caller.agency:
        raise HTTPException(404)
    return await store.entries(desk.pool, response_id)
