"""What may follow what? For each kind of entry what is asked before it is made."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from services.domain.responses import refusals, signing
from services.domain.responses.record import Record
from services.domain.responses.refusals import Check, Refusal, Try

Stated = Mapping[str, Any]


def refusal(record: Record, kind: str, content: Stated, by: str, today: date) -> Refusal | None:
    """Say why an entry may not be made now; None where it may."""
    tried = Try(record, kind, content, by, today)
    for check in CHECKS[kind]:
        found = check(tried)
        if found is not None:
            return found
    return None


CHECKS: Final[Mapping[str, tuple[Check, ...]]] = {
    "amend": (refusals.is_open,),
    "invite-chief-officer": (refusals.is_open, refusals.date_ahead),
    "chief-officer-comments": (refusals.is_open, refusals.invited, signing.past),
    "consult": (refusals.is_open, refusals.invited),
    "consultee-answer": (refusals.is_open, refusals.invited, refusals.consultee_known),
    "insert-figure": (refusals.is_open, refusals.invited, refusals.item_known),
    "remove-figure": (refusals.is_open, refusals.figure_known),
    "comment": (refusals.is_open, refusals.invited, refusals.place_known),
    "set-action": (refusals.action_known, refusals.action_open, refusals.item_known),
    "drop-action": (refusals.is_open, refusals.action_known),
    "progress": (refusals.action_known,),
    "map-measures": (refusals.item_known,),
    "submit": (
        refusals.is_open,
        refusals.invited,
        signing.commented,
        signing.explained,
        signing.heard,
    ),
    "return": (signing.returnable,),
    "sign-off": (signing.submitted, signing.another),
    "done": (signing.step_known, signing.signed_off, signing.once, signing.in_order, signing.past),
    "correct": (signing.published,),
}
"""By kind of entry: what is asked, in this order."""
