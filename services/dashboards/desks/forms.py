"""What has somebody filled in, and what is wrong with it? Plain fields of a form, read once."""

from collections.abc import Collection, Mapping
from typing import Final

from fastapi import HTTPException, Request
from starlette.datastructures import UploadFile

from services.dashboards.behalf import Refused
from services.runtime.web import Wrong

REFUSALS: Final[Mapping[str, str]] = {
    "own-work": (
        "You cannot review your own work. Somebody else must do it. That you tried is on record."
    ),
    "own-reading": (
        "You have read this referral already. The second reader must be somebody else. "
        "That you tried is on record."
    ),
    "not-in-your-name": "This has to be said in your own name. Sign out, and sign in as yourself.",
    "not-entitled": "Your agency may not say this: only the agency whose work it is may.",
    "type-not-allowed": "Your agency may not say this.",
    "too-many-drafts": "Your agency keeps as many drafts as may be. Send or delete one first.",
}
"""What somebody is told where intake refuses, by its code."""


async def fields(request: Request, *names: str) -> dict[str, str]:
    """Return the named fields of a form, trimmed; 422 for one that holds what no text may."""
    form = await request.form()
    found = {}
    for name in names:
        value = form.get(name, "")
        if isinstance(value, UploadFile) or "\x00" in value:
            raise HTTPException(422)
        found[name] = value.replace("\r\n", "\n").strip()
    return found


def chosen(said: Mapping[str, str], name: str, among: Collection[str], message: str) -> list[Wrong]:
    """Find fault where none of what there is to choose was chosen."""
    return [] if said[name] in among else [Wrong(name, message)]


def written(said: Mapping[str, str], name: str, most: int, message: str) -> list[Wrong]:
    """Find fault where nothing was written, or too much."""
    if not said[name]:
        return [Wrong(name, message)]
    return shorter(said, name, most)


def shorter(said: Mapping[str, str], name: str, most: int) -> list[Wrong]:
    """Find fault where too much was written."""
    if len(said[name]) <= most:
        return []
    return [Wrong(name, f"Write {most:,} characters or fewer; this is {len(said[name]):,}")]


def refused(error: Refused, field: str) -> list[Wrong]:
    """Say in words why intake did not take it."""
    known = REFUSALS.get(error.code)
    if known is not None:
        return [Wrong(field, known)]
    said = [str(one.get("message", "")) for one in error.errors]
    return [Wrong(field, text) for text in said if text] or [Wrong(field, error.title)]
