"""What is a draft, as intake keeps it for the agency that writes it?"""

from collections.abc import Mapping
from typing import Any

from fastapi import HTTPException

from services.dashboards.behalf import Refused
from services.dashboards.desk import Desk
from services.dashboards.desks.agency import ROLES
from services.runtime.web import Visitor


async def draft_of(desk: Desk, visitor: Visitor, draft_id: str) -> dict[str, Any]:
    """Return a draft of the caller's agency; 403, 404."""
    visitor.require(*ROLES)
    found: dict[str, Any] = await desk.behalf.read(visitor.caller, f"/v1/drafts/{draft_id}")
    return found


async def keep(
    desk: Desk, visitor: Visitor, draft: Mapping[str, Any], content: Mapping[str, Any]
) -> None:
    """Keep what is written so far; whatever intake refuses it by."""
    path, body = f"/v1/drafts/{draft['draft_id']}", {"kind": draft["kind"], "content": content}
    try:
        await desk.behalf.ask(visitor.caller, "PUT", path, content=body)
    except Refused as error:
        raise HTTPException(error.status) from None


def fallback(draft_id: str) -> str:
    """Return a record number for an agency that has none: no more than a name of this draft."""
    return f"pages-{draft_id[:16]}"


def said_of(draft: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was answered so far."""
    found: dict[str, Any] = draft["content"].get("answers") or {}
    return found


def title_of(draft: Mapping[str, Any]) -> str:
    """Say what a draft is to become."""
    if draft["kind"] == "amendment":
        return f"Amend referral {draft['content']['referral_ref']}"
    return "Make a referral"
