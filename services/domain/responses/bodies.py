"""Which local policing body answers on a day, what is it called, and in which words?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.domain.numbers import STANDINGS, is_day, is_text

WORDS: Final = (
    "title", "introduction", "inspection_title", "published_on", "publication_types", "forces",
    "link", "deadline", "key_findings", "recommendations", "no_recommendations",
    "areas_for_improvement", "no_areas_for_improvement", "response", "chief_officer_comments",
    "reply", "office_use",
)  # fmt: skip
"""The words of a document, in the order in which they stand in it."""
_TEXTS: Final = (
    "id", "agency", "name", "short", "area", "force", "chief_officer", "panel", "marking", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done with a response that has been signed off."""

    id: str
    label: str
    publishes: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """A local policing body from a day to a day; `content` is all of it as it is written."""

    id: str
    agency: str
    since: date
    until: date | None
    content: Mapping[str, Any]

    def there(self, day: date) -> bool:
        """Whether it is there on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Bodies:
    """Every body of schemas/policy/bodies.toml."""

    all: tuple[Body, ...]

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> "Bodies":
        """Read bodies.toml; ValueError names every fault by pointer."""
        stated = content.get("bodies", [])
        faults = [fault for place, one in enumerate(stated) for fault in _faults(place, one)]
        if faults or not stated:
            raise ValueError("bodies.toml: " + ("; ".join(faults) or "/bodies: none"))
        return cls(tuple(_body(one) for one in stated))

    def of(self, agency: str, day: date) -> Body | None:
        """Return the body whose people an agency's are on a day; None where there is none."""
        return next((one for one in self.all if one.agency == agency and one.there(day)), None)

    def latest(self, agency: str, day: date) -> Body:
        """Return the body of a day, or the last that an agency was; it must be some body's."""
        held = self.of(agency, day)
        return held or [one for one in self.all if one.agency == agency][-1]

    @property
    def agencies(self) -> frozenset[str]:
        """The agencies of bodies of any day."""
        return frozenset(one.agency for one in self.all)


def steps_of(content: Mapping[str, Any]) -> tuple[Step, ...]:
    """Return the steps of a body's content, in their order."""
    return tuple(
        Step(one["id"], one["label"], one.get("publishes", False)) for one in content["steps"]
    )


def _body(stated: Mapping[str, Any]) -> Body:
    written = {
        name: value for name, value in stated.items() if name not in {"since", "until", "source"}
    }
    return Body(stated["id"], stated["agency"], stated["since"], stated.get("until"), written)


def _faults(place: int, one: Mapping[str, Any]) -> list[str]:
    at = f"/bodies/{place}"
    words, steps = one.get("document", {}), one.get("steps", [])
    faults = [f"{at}/{name}: missing" for name in _TEXTS if not is_text(one.get(name))]
    faults += [f"{at}/document/{name}: missing" for name in WORDS if not is_text(words.get(name))]
    faults += [f"{at}/document/{name}: unknown" for name in words if name not in WORDS]
    if not is_day(one.get("since")) or not (one.get("until") is None or is_day(one["until"])):
        faults.append(f"{at}/since: not days")
    if one.get("standing") not in STANDINGS:
        faults.append(f"{at}/standing: unknown")
    if [step.get("publishes", False) for step in steps].count(True) != 1:
        faults.append(f"{at}/steps: one of them publishes")
    return faults + [
        f"{at}/steps/{number}: id and label"
        for number, step in enumerate(steps)
        if not (is_text(step.get("id")) and is_text(step.get("label")))
    ]
