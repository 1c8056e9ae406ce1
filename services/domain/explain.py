"""Why is this a gap? One plain sentence, for the reader who asks."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from services.domain.gaps import Gap, Why
from services.domain.moments import LONDON, moment
from services.domain.registry import Registry
from services.domain.wording import (
    AT_ONCE,
    CAUSES,
    COURSES,
    DECISIONS,
    DEEDS,
    ELEMENTS,
    HANDLED,
    OWED,
    OWN_DEEDS,
    PARTS,
    RECEIPTS,
    STILL_OPEN,
    UNITS,
    WORKS,
)

ANOTHER = "another agency"

Params = Mapping[str, Any]


def sentence(
    gap: Gap,
    reader_agency: str | None,
    sees_all: bool,  # noqa: FBT001 - positional by agreement between the services
    registry: Registry,
) -> str:
    """Say what was owed, by whom and when, how that was worked out, and what was found.

    An agency is named to itself and to who sees all; to others it is "another agency". Times are
    London times. Nothing identifies a child, and no ref is repeated.
    """
    who = _agency(gap.agency, reader_agency, registry, sees_all=sees_all)
    told = f"{_clocked(gap, who) if gap.why.code in OWED else _at_once(gap, who)}; {_found(gap)}"
    return told[0].upper() + told[1:] + "."


def start_of(why: Why) -> str | None:
    """Say in words what a gap's clock starts from; None where it has no clock."""
    owed = OWED.get(why.code)
    return None if owed is None else owed[1].format_map(_words(why.params)).rstrip(",")


def limit_of(gap: Gap) -> str:
    """Say in words how long there was, of a gap that has a clock."""
    return _limit(gap.why.params)


def _clocked(gap: Gap, who: str) -> str:
    """Say what was owed by a deadline, and how that was worked out."""
    params = gap.why.params
    owed, start = (part.format_map(_words(params)) for part in OWED[gap.why.code])
    clock = (
        f"{_limit(params)} after {start} on {_at(moment(params['started_at']))}{_skipped(params)}"
    )
    return f"{who} owed {owed} by {_at(moment(params['due_at']))}: {clock}"


def _at_once(gap: Gap, who: str) -> str:
    """Say what was owed from the moment that the gap opened, or what a person should look at."""
    words = _words(gap.why.params) | {"who": who, "at": _at(gap.opens_at)}
    return AT_ONCE[gap.why.code].format_map(words)


def _words(params: Params) -> dict[str, str]:
    """Put the codes and counts among the parameters into words."""
    return {
        "cause": CAUSES.get(params.get("cause", ""), ""),
        "receipt": RECEIPTS.get(params.get("from", ""), ""),
        "decision": DECISIONS.get(params.get("decision", ""), ""),
        "work": WORKS.get(params.get("work", ""), ""),
        "handled": HANDLED.get(params.get("handled", ""), ""),
        "courses": _listed([COURSES.get(each, each) for each in params.get("courses", ())]),
        "missing": _listed([ELEMENTS.get(each, each) for each in params.get("missing", ())]),
        "unclear": _listed([PARTS[each] for each in params.get("unclear", ())]),
        "least": _counted(params.get("words", 0), "word"),
        "phrases": _listed([f'"{_spaced(each)}"' for each in params.get("phrases", ())]),
        "parts": _listed([PARTS[each] for each in params.get("parts", ())]),
        "incidents": _counted(params.get("incidents", 0), "incident"),
        "decisions": _counted(params.get("decisions", 0), "referral"),
        "within": _counted(params.get("within", 0), UNITS.get(params.get("within_unit", ""), "")),
    }


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def _agency(agency: str, reader: str | None, registry: Registry, *, sees_all: bool) -> str:
    if sees_all or agency == reader:
        return registry.name_of(agency) or ANOTHER
    return ANOTHER


def _limit(params: Params) -> str:
    return _counted(params["limit"], UNITS[params["unit"]])


def _skipped(params: Params) -> str:
    named = [f"{_on(date.fromisoformat(day['on']))} ({day['name']})" for day in params["skipped"]]
    return f", not counting {_listed(named)}" if named else ""


def _found(gap: Gap) -> str:
    """Say what was found, and what the reader should know before relying on it."""
    params = gap.why.params
    told = [_late_decision(gap), _outcome(gap)]
    if not gap.observed:
        told.append("nobody reports this to us, so it may have been done")
    if params["age_unknown"]:
        told.append("the age is not known, so the person is treated as a child")
    return "; ".join(part for part in told if part)


def _late_decision(gap: Gap) -> str:
    """Say when it came to be owed, where that was after the deadline."""
    decided_at = gap.why.params.get("decided_at")
    if decided_at is None or moment(decided_at) != gap.opens_at:
        return ""
    return f"it was decided only on {_at(gap.opens_at)}"


def _outcome(gap: Gap) -> str:
    if gap.closes_at is None:
        return STILL_OPEN.get(gap.why.code, "none is recorded")
    closed_by, how = gap.why.params["closed_by"], gap.why.params.get("closed_how")
    deed = OWN_DEEDS.get((gap.why.code, how or closed_by)) or DEEDS[closed_by]
    return f"{deed} on {_at(gap.closes_at)}"


def _listed(parts: list[str]) -> str:
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def _spaced(code: str) -> str:
    return code.replace("-", " ")


def _on(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def _at(at: datetime) -> str:
    london = at.astimezone(LONDON)
    return f"{_on(london.date())} {london:%H:%M}"
