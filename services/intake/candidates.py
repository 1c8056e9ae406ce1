"""What did an event turn out to be: fit to be kept, or refused, and for which faults?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from services.domain.events import Key
from services.runtime.contracts import Fault

Outcome = Literal["accepted", "duplicate", "rejected"]

MOST_FAULTS: Final = 200
"""How many faults of one event are listed; that there are more is one more."""
_MORE: Final = Fault("", "more-faults", f"There are more faults than the {MOST_FAULTS} listed.")


@dataclass(frozen=True, slots=True)
class Original:
    """What an event was made from, as it was sent."""

    media: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Offered:
    """One event as it was sent, with what its JSON already showed to be wrong."""

    event: Any
    flaws: tuple[Fault, ...] = ()
    original: "Original | None" = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A well-formed event that its sender may send, as far as that can be told without memory.

    `refs` are (kind, ref) of every reference carried, own or named; named triggers have the kind
    `trigger`. MACs of NHS number and UPN are there only where the check digit or letter holds.
    """

    event: Mapping[str, Any]
    source: str
    id: str
    type: str
    time: datetime
    agency: str
    body_mac: bytes
    child: Mapping[str, Any] | None = None
    child_ref: str | None = None
    local_id_mac: bytes | None = None
    staff_mac: bytes | None = None
    nhs_mac: bytes | None = None
    upn_mac: bytes | None = None
    birth_mac: bytes | None = None
    refs: tuple[tuple[str, str], ...] = ()
    retracts: Key | None = None
    warnings: tuple[str, ...] = ()
    original: Original | None = None

    @property
    def key(self) -> Key:
        """What identifies the event: (source, id)."""
        return (self.source, self.id)

    @property
    def stated(self) -> Mapping[str, Any]:
        """The event's `data`."""
        stated: Mapping[str, Any] = self.event["data"]
        return stated


@dataclass(frozen=True, slots=True)
class Notice:
    """What the sender of an accepted event should know; of the sender's own agency alone."""

    pointer: str
    code: str
    message: str
    last_referred_at: str
    referral_ref: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one event; `source` and `id` are absent where they are themselves at fault."""

    outcome: Outcome
    status: int
    code: str = ""
    source: str | None = None
    id: str | None = None
    receipt: str | None = None
    errors: tuple[Fault, ...] = field(default=())
    warnings: tuple[Notice, ...] = ()


TITLES: Mapping[str, str] = {
    "invalid-event": "The event is not right",
    "not-your-source": "The source belongs to another agency",
    "type-not-allowed": "This agency may not send events of this type",
    "not-entitled": "Only the agency whose work it is may say this",
    "not-in-your-name": "On our pages everybody speaks in their own name",
    "own-reading": "Whoever has read it cannot be the second reader; that you tried is on record",
    "own-work": "Nobody reviews their own work; that you tried is on record",
    "conflict": "An event with this source and id was sent before with another content",
    "erased": "What was sent before with this source and id was erased, and is not taken in again",
    "event-too-large": "The event is too large",
    "internal": "Something went wrong here",
}
"""A sentence for every code of a refusal."""


_FORMS: Final = {
    "source": re.compile("/[a-z0-9][a-z0-9-]{0,98}/[a-z0-9][a-z0-9-]{0,98}"),
    "id": re.compile("[!-~]{1,200}"),
}
"""What a source and an id look like; anything else is not repeated."""


def refused(status: int, code: str, event: object = None, errors: tuple[Fault, ...] = ()) -> Answer:
    """Refuse an event, naming it only by such source and id as are themselves without fault."""
    wrong = {error.pointer for error in errors}
    named = event if isinstance(event, Mapping) and "" not in wrong else {}
    source, event_id = (
        named[name] if f"/{name}" not in wrong and _fits(form, named.get(name)) else None
        for name, form in _FORMS.items()
    )
    listed = (*errors[:MOST_FAULTS], _MORE) if len(errors) > MOST_FAULTS else errors
    return Answer("rejected", status, code, source, event_id, None, listed)


def _fits(form: re.Pattern[str], said: object) -> bool:
    return isinstance(said, str) and form.fullmatch(said) is not None
