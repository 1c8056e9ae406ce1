"""What may be said of a piece of work, and what does it become as an event?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from asyncpg import Record
from msgspec import json

from services.domain import events as e
from services.domain.chronology import NO_REFERRAL
from services.domain.events import Event
from services.domain.registry import Registry
from services.domain.rules.oversight import WORK
from services.runtime.asking import Connection
from services.runtime.auth import Caller

ANSWERED: Final = "gap.answered.v1"
REVIEWERS: Final = frozenset({"police-supervisor", "qa-reviewer"})
LONGEST: Final = 5_000

OUTCOMES: Final[Mapping[str, tuple[str, str]]] = {
    "approved": ("Approve", "What was done is right and complete enough."),
    "returned": ("Return", "Say in the reason what is missing or wrong; it is then owed again."),
    "escalated": ("Escalate", "Somebody above you must look."),
    "refer": (
        "Decide: refer",
        "Your decision as supervisor; the referral itself is still to be made.",
    ),
    "no-referral": ("Decide: no referral", "Your decision as supervisor; say why."),
}
"""What a review comes to, in words."""

ANSWERS: Final[Mapping[str, tuple[str, str]]] = {
    "accepted": ("Accept", "It was not done, as it says."),
    "disputed": ("Dispute", "It was done, or was not owed; say where that can be seen."),
    "explained": ("Explain", "It was not done in time; say why."),
}
"""How an agency answers what it owes. An answer stands beside the gap and never closes it."""

_ANCHOR: Final = "SELECT body FROM chronology.seen_history WHERE (source, id) = ($1, $2) LIMIT 1"
_OVERRULES: Final = "equity.adult_language"


@dataclass(frozen=True, slots=True)
class Work:
    """What a review is of."""

    kind: str
    ref: str


def may_review(caller: Caller, registry: Registry) -> bool:
    """Say whether pages let somebody review: supervisors of the force, and reviewers."""
    return caller.role in REVIEWERS and registry.may_send(caller.agency, e.REVIEWED)


def overrules(rule: str) -> bool:
    """Say whether approving the referral overrules what was read in its words."""
    return rule == _OVERRULES


async def works_of(connection: Connection, gap: Record) -> list[Work]:
    """Return the work behind a gap that may be reviewed; none for what is no work of a person's."""
    row = await connection.fetchrow(_ANCHOR, gap["anchor_source"], gap["anchor_id"])
    if row is None:
        return []
    return list(_works(Event.from_wire(json.decode(row["body"]))))


def _works(event: Event) -> list[Work]:
    for kind, (ref_kind, types) in WORK.items():
        if event.type not in types:
            continue
        if kind == NO_REFERRAL:
            return [Work(kind, ref) for ref in event.triggers]
        ref = event.ref(ref_kind)
        return [] if ref is None else [Work(kind, ref)]
    return []


def reviewed(child_ref: str, work: Work, said: Mapping[str, str]) -> dict[str, Any]:
    """Return the data of a review."""
    return {
        "child": {"child_ref": child_ref},
        "of": {"kind": work.kind, "ref": work.ref},
        "outcome": said["outcome"],
        "rationale": said["rationale"],
        "practitioner": {"role": said["role"]},
    }


def answered(child_ref: str, gap_id: str, said: Mapping[str, str]) -> dict[str, Any]:
    """Return the data of an answer to a gap."""
    return {
        "child": {"child_ref": child_ref},
        "gap_id": gap_id,
        "answer": said["answer"],
        "reason": said["reason"],
        "practitioner": {"role": said["role"]},
    }
