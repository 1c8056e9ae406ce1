"""In which circumstances was it owed: by whom, in which unit, how grave, and what set it off?"""

from collections.abc import Iterable, Mapping

from services.domain import events as e
from services.domain.events import Event

TRIGGERS: Mapping[str, str] = {
    e.DETAINED: "detention",
    e.INTERVIEWED: "interview",
    e.EXPOSED: "exposure",
    e.MISSING: "missing",
    e.FOUND: "found",
    e.SEARCHED: "search",
    e.CONCERN: "concern",
}
"""What may set off that something is owed, by the type of the event."""

GRADES = ("green", "amber", "red")
"""How grave it was said to be; the gravest last."""

KEYS = ("agency", "unit", "grade", "trigger")
"""All that a line of a local pack may be bound to."""

Circumstances = Mapping[str, str]
"""The value of each of KEYS that is known."""


def circumstances(anchor: Event, owed_by: str | None, set_off_by: Iterable[Event]) -> Circumstances:
    """Say in which circumstances something is owed.

    Args:
        anchor: the event that it is owed after.
        owed_by: the agency that owes it, where that is not the anchor's.
        set_off_by: the incident's events behind the anchor, in order; itself where it is one.

    The unit is the anchor's where its own agency owes it; the grade is the gravest, and the trigger
    the kind of the first, of what set it off.

    """
    events = list(set_off_by)
    agency = owed_by or anchor.agency
    grades = [grade for event in events if (grade := event.facts.get("grade")) in GRADES]
    known = {
        "agency": agency,
        "unit": anchor.unit if agency == anchor.agency else None,
        "grade": max(grades, key=GRADES.index, default=None),
        "trigger": next((TRIGGERS[event.type] for event in events if event.type in TRIGGERS), None),
    }
    return {key: value for key, value in known.items() if value is not None}
