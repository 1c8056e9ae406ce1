"""What has been entered about an inspection and its answer, and how does it stand?

A response is a list of entries to which only more are added; how it stood after any of them can be
worked out again (`folding.fold`), which is why a version comes out the same for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal

from services.domain.responses.bodies import Step, steps_of

Stated = Mapping[str, Any]
State = Literal["open", "submitted", "signed-off", "published"]

WHOLE: Final = ("opening", "closing", "reply")
"""Comments on the whole, before and after its lessons, and on what the chief officer says."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing entered: by whom, when, and what; `seq` counts from 1."""

    seq: int
    at: datetime
    by: str
    kind: str
    content: Stated


@dataclass(frozen=True, slots=True)
class Version:
    """A state that was put forward to be signed off: all entries up to `seq`."""

    number: int
    seq: int
    submitted_by: str
    submitted_at: datetime
    signed_by: str | None = None
    signed_at: datetime | None = None
    published_on: date | None = None
    published_seq: int | None = None


@dataclass(slots=True)
class Record:
    """How a response stands; `folding.fold` makes it."""

    inspection: dict[str, Any] = field(default_factory=dict)
    body: Stated = field(default_factory=dict)
    brought_in: bool = False
    state: State = "open"
    invited: Stated | None = None
    chief_officer: Stated | None = None
    consultees: list[dict[str, Any]] = field(default_factory=list)
    figures: dict[str, Stated] = field(default_factory=dict)
    comments: dict[str, Stated] = field(default_factory=dict)
    actions: dict[str, dict[str, Any]] = field(default_factory=dict)
    measures: dict[str, tuple[str, ...]] = field(default_factory=dict)
    versions: list[Version] = field(default_factory=list)
    done: dict[str, Stated] = field(default_factory=dict)
    authors: set[str] = field(default_factory=set)
    corrects: str | None = None
    returned: Stated | None = None
    seq: int = 0

    @property
    def items(self) -> list[dict[str, Any]]:
        """What inspectors found, in the report's order."""
        found: list[dict[str, Any]] = self.inspection["items"]
        return found

    @property
    def steps(self) -> tuple[Step, ...]:
        """What is for office use only, in its order."""
        return steps_of(self.body)

    @property
    def published_version(self) -> Version | None:
        """The version that stands published; None before the first."""
        return next((one for one in reversed(self.versions) if one.published_on), None)

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """Return the items of a kind."""
        return [one for one in self.items if one["kind"] == kind]

    def figures_of(self, item: str | None) -> list[tuple[str, Stated]]:
        """Return the figures beside an item; None: those of the report as a whole."""
        return [(ref, one) for ref, one in self.figures.items() if one.get("item") == item]

    def actions_of(self, item: str | None) -> list[tuple[str, dict[str, Any]]]:
        """Return the actions that a document shows beside an item."""
        return [
            (ref, one)
            for ref, one in self.actions.items()
            if one.get("item") == item and one.get("shown", True)
        ]


def day_of(stated: object) -> date:
    """Read a day as entries hold it."""
    return stated if isinstance(stated, date) else date.fromisoformat(str(stated))
