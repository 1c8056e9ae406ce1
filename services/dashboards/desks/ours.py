"""Of which referral of its own does an agency speak, and by which record of its own?"""

from typing import Final, NamedTuple

from fastapi import HTTPException

from services.dashboards.desk import Desk
from services.runtime.web import Visitor

PURPOSE: Final = "referral-follow-up"


class Ours(NamedTuple):
    """A referral that the agency made, how it stands, and its own number for the child."""

    referral_ref: str
    state: str
    local_id: str


async def ours(desk: Desk, visitor: Visitor, receipt: str) -> Ours:
    """Return a referral that the caller's agency made; 404 while it is not on record, or not so."""
    asked = {"as": "sender", "receipt": receipt}
    items = (await desk.behalf.read(visitor.caller, "/v1/referrals", **asked))["items"]
    if not items or items[0]["child_ref"] is None:
        raise HTTPException(404)
    path = f"/v1/children/{items[0]['child_ref']}/identity"
    known = await desk.behalf.read(visitor.caller, path, purpose=PURPOSE)
    local_id = next(
        (
            said["local_id"]
            for one in known["records"]
            if one["agency"] == visitor.caller.agency
            for said in one["statements"]
            if "local_id" in said
        ),
        None,
    )
    if local_id is None:
        raise HTTPException(404)
    return Ours(items[0]["referral_ref"], items[0]["state"], local_id)
