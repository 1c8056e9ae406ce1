"""What is served of findings that people have mapped to measures?"""

from fastapi import APIRouter, Response

from services.responses import answers, findings, store
from services.responses.desk import AtDesk, Reader
from services.responses.serving import json, says
from services.runtime import clock


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    described = says("findings", answers.FindingList, "As the figures stand today.", 403)
    routes.get("/api/v1/findings", **described)(listed)
    return routes


async def listed(desk: AtDesk, caller: Reader) -> Response:
    """Say of every mapped finding how its figure stands here, and which way it has gone."""
    now = clock.now()
    many = await store.everything(desk.pool, caller.agency)
    found = await findings.found(desk, caller, many, now)
    return json({"as_of": now, "items": found, "total": len(found)})
