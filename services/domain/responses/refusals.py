"""What may be written when, and why not? One sentence for the person who tried it too soon."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.domain.responses.record import WHOLE, Record, day_of

Stated = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step may not be taken now: a code, and a sentence that says what must come first."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Try:
    """What somebody tries to enter, and on which day."""

    record: Record
    kind: str
    content: Stated
    by: str
    today: date


Check = Callable[[Try], Refusal | None]


def is_open(tried: Try) -> Refusal | None:
    """Refuse a change while a version waits, is signed off, or is published."""
    match tried.record.state:
        case "submitted":
            return Refusal(
                "awaits-sign-off",
                f"Version {len(tried.record.versions)} waits to be signed off: it must be returned "
                "before anything in it can change.",
            )
        case "signed-off":
            return Refusal(
                "signed-off",
                "This version is signed off and does not change. Publish it, or return it to be "
                "changed and signed off again.",
            )
        case "published":
            return Refusal(
                "published",
                "Nothing changes after publication. Begin a correction: it becomes a new version.",
            )
        case _:
            return None


def invited(tried: Try) -> Refusal | None:
    """Refuse what must wait until the chief officer has been invited."""
    if tried.record.invited is not None:
        return None
    officer = tried.record.body["chief_officer"]
    return Refusal(
        "chief-officer-first",
        f"Invite the {officer} first: section 55(4) has the chief officer asked for comments, by a "
        "date that you set, before comments are prepared.",
    )


def date_ahead(tried: Try) -> Refusal | None:
    """Refuse a date by which to comment that is before the invitation."""
    if day_of(tried.content["comments_by"]) >= day_of(tried.content["on"]):
        return None
    return Refusal("date-before", "The date by which comments are asked is before the invitation.")


def item_known(tried: Try) -> Refusal | None:
    """Refuse what is said of an item that is not there."""
    item = tried.content.get("item")
    if item is None or item in {one["id"] for one in tried.record.items}:
        return None
    return Refusal("no-such-item", "The report has no such finding here.")


def place_known(tried: Try) -> Refusal | None:
    """Refuse a comment on what is not there, or a reply to nothing."""
    place = tried.content["on"]
    if place == "reply" and tried.record.chief_officer is None:
        return Refusal(
            "no-comments-yet", "There are no comments of the chief officer to reply to yet."
        )
    if place in WHOLE or place in {one["id"] for one in tried.record.items}:
        return None
    return Refusal("no-such-item", "The report has no such finding here.")


def figure_known(tried: Try) -> Refusal | None:
    """Refuse to take out a figure that is not there."""
    if tried.content["figure"] in tried.record.figures:
        return None
    return Refusal("no-such-figure", "There is no such figure here.")


def action_known(tried: Try) -> Refusal | None:
    """Refuse what is said of an action that is not there."""
    action = tried.content.get("action")
    if action is None or action in tried.record.actions:
        return None
    return Refusal("no-such-action", "There is no such action here.")


def action_open(tried: Try) -> Refusal | None:
    """After publication a promise gets owner, date and measure; its words stay as published."""
    record, action = tried.record, tried.content.get("action")
    if record.state == "open":
        return invited(tried)
    if record.state == "published" and action is not None:
        changed = {"text", "item", "shown"} & {
            name
            for name, value in tried.content.items()
            if value != record.actions[action].get(name)
        }
        if not changed:
            return None
    return is_open(tried)


def consultee_known(tried: Try) -> Refusal | None:
    """Refuse an answer of somebody who was not asked."""
    if tried.content["name"] in {one["name"] for one in tried.record.consultees}:
        return None
    return Refusal("no-such-consultee", "Nobody of that name was consulted.")
