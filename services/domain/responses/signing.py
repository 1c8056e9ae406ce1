"""What may be put forward, signed off, sent and published when, and why not?"""

from collections.abc import Mapping
from typing import Any

from services.domain.responses.deadlines import said
from services.domain.responses.record import day_of
from services.domain.responses.refusals import Refusal, Try, is_open

Stated = Mapping[str, Any]


def explained(tried: Try) -> Refusal | None:
    """Section 55(5B): of each recommendation, what is done or proposed, or why nothing is."""
    record = tried.record
    bare = [
        place
        for place, one in enumerate(record.of_kind("recommendation"), 1)
        if not record.comments.get(one["id"], {}).get("text", "").strip()
    ]
    if not bare:
        return None
    which = ", ".join(str(place) for place in bare)
    return Refusal(
        "recommendation-unexplained",
        f"Recommendation {which} has no explanation: section 55(5B) asks of each recommendation "
        "what has been done or is proposed, or why nothing is.",
    )


def commented(tried: Try) -> Refusal | None:
    """Refuse a version in which nobody has said anything."""
    if any(one["text"].strip() for one in tried.record.comments.values()):
        return None
    return Refusal("no-comment", "There is no comment yet: a response without one says nothing.")


def heard(tried: Try) -> Refusal | None:
    """Refuse a version while the chief officer may still comment."""
    record = tried.record
    if record.chief_officer is not None or record.invited is None:
        return None
    until = day_of(record.invited["comments_by"])
    if tried.today > until:
        return None
    officer = record.body["chief_officer"]
    return Refusal(
        "chief-officer-may-comment",
        f"The {officer} may comment until {said(until)}. Record the comments, or that there will "
        "be none, or wait until that day is over.",
    )


def submitted(tried: Try) -> Refusal | None:
    """Refuse a signature where nothing waits for one."""
    match tried.record.state:
        case "submitted":
            return None
        case "open":
            return Refusal(
                "not-submitted", "Nothing waits for sign-off: put a version forward first."
            )
        case _:
            return Refusal("already-signed", "The last version is signed off already.")


def returnable(tried: Try) -> Refusal | None:
    """Refuse to give back what does not wait, or has been sent."""
    if tried.record.state == "signed-off" and not tried.record.done:
        return None
    if tried.record.state == "signed-off":
        return Refusal(
            "already-sent", "It has been sent already: publish it, and correct it afterwards."
        )
    return submitted(tried)


def another(tried: Try) -> Refusal | None:
    """Refuse the signature of whoever wrote in the version."""
    if tried.by not in tried.record.authors:
        return None
    return Refusal(
        "same-person",
        "Another person must sign off: whoever wrote in this version or put it forward cannot.",
    )


def signed_off(tried: Try) -> Refusal | None:
    """Refuse to send or publish what is not signed off."""
    match tried.record.state:
        case "open":
            return Refusal(
                "not-signed-off",
                "The response is not signed off: put a version forward, and have another person "
                "sign it off.",
            )
        case "submitted":
            return Refusal(
                "not-signed-off",
                f"Version {len(tried.record.versions)} still waits to be signed off by another "
                "person.",
            )
        case "published":
            return is_open(tried)
        case _:
            return None


def step_known(tried: Try) -> Refusal | None:
    """Refuse a step that the body does not have."""
    if tried.content["id"] in {one.id for one in tried.record.steps}:
        return None
    return Refusal("no-such-step", "There is no such step.")


def once(tried: Try) -> Refusal | None:
    """Refuse to record a step twice."""
    done = tried.record.done.get(tried.content["id"])
    if done is None:
        return None
    return Refusal("done-already", f"This was recorded already, as done on {said_day(done)}.")


def said_day(done: Stated) -> str:
    """Write the day on which a step was done."""
    return said(day_of(done["on"]))


def in_order(tried: Try) -> Refusal | None:
    """The office's order, not the Act's: whoever says why may go on without an earlier step."""
    if str(tried.content.get("because") or "").strip():
        return None
    for one in tried.record.steps:
        if one.id == tried.content["id"]:
            return None
        if one.id not in tried.record.done:
            return Refusal(
                "out-of-order",
                f"First: “{one.label}” If that cannot be done yet, say why in “Reason for going "
                "on without it”.",
            )
    return None


def past(tried: Try) -> Refusal | None:
    """Refuse a day that is still to come."""
    if day_of(tried.content["on"]) <= tried.today:
        return None
    return Refusal("not-yet", "The day is still to come: record what has been done.")


def published(tried: Try) -> Refusal | None:
    """Refuse to correct what is not published, or was published elsewhere."""
    if tried.record.brought_in:
        return Refusal(
            "brought-in",
            "This response was published elsewhere, before it was entered here: it cannot be "
            "corrected here.",
        )
    if tried.record.state == "published":
        return None
    return Refusal("not-published", "Only what is published is corrected; this can still change.")
