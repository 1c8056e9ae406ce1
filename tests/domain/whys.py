"""How the tables of every rule's `why` are told: a life, and what a reader is told of its gap."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

from services.domain.explain import sentence
from tests.domain.lives import registry
from tests.domain.rules import build
from tests.domain.rules.build import Wire
from tests.domain.rules.lessons import only

AT = "2026-04-02 16:00"
"""Maundy Thursday, in summer time: 15:00 UTC."""
SAID_AT = "Thu 2 Apr 2026 16:00"
INDICATED = ["county-lines"]

GOOD_FRIDAY = {"on": "2026-04-03", "name": "Good Friday"}
EASTER_MONDAY = {"on": "2026-04-06", "name": "Easter Monday"}
EASTER = [GOOD_FRIDAY, EASTER_MONDAY]
SAID_EASTER = "not counting Fri 3 Apr 2026 (Good Friday) and Mon 6 Apr 2026 (Easter Monday)"

OPEN = {"closed_by": None, "age_unknown": False}
refused = partial(build.decided, decision="no-further-action")


class Case(NamedTuple):
    """A life with one gap by a rule, and that gap's code, all its parameters and its sentence."""

    rule: str
    events: Iterable[Wire]
    code: str
    params: Mapping[str, Any]
    sentence: str
    training: Iterable[Wire] = ()

    def check(self) -> None:
        """The agency that owes it is told just this."""
        gap = only(self.rule, *self.events, training=self.training)
        assert (gap.why.code, dict(gap.why.params)) == (self.code, self.params)
        assert sentence(gap, gap.agency, False, registry()) == self.sentence  # noqa: FBT003 - by agreement


def exposed(at: str, number: int, **facts: Any) -> Wire:  # noqa: ANN401 - by the schema
    """An exposure that is an incident of its own."""
    return build.exposed(at, incident_ref=f"I-{number}", **facts)


def closed_by(type_: str) -> dict[str, Any]:
    return {"closed_by": type_, "age_unknown": False}


def hours(number: str, limit: int, due_at: str) -> dict[str, Any]:
    """A clock of elapsed hours from AT, by an assumption."""
    return {
        "started_at": "2026-04-02T15:00:00Z",
        "due_at": due_at,
        "limit": limit,
        "unit": "hours",
        "skipped": [],
        "line": f"/numbers/{number}/0",
        "standing": "assumption",
    }


def working_days(
    number: str, limit: int, due_at: str, skipped: list[dict[str, str]] = EASTER
) -> dict[str, Any]:
    """A clock of working days from AT, by guidance."""
    clock = {"unit": "working-days", "skipped": skipped, "standing": "guidance"}
    return hours(number, limit, due_at) | clock
