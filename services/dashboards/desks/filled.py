"""What has somebody filled in of a referral: is it right, what does it say, and what is missing?"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from services.dashboards.desks.steps import BY_ID, STEPS, UNKNOWN, Answers, Field, Step
from services.runtime.web import Wrong

LONGEST: Final = 20_000
LONGEST_LINE: Final = 100

_CHILD: Final = (
    "local_id", "given_name", "family_name", "sex", "ethnicity", "postcode", "nhs_number", "upn",
)  # fmt: skip
_REASON: Final = ("why", "harm", "evidence", "ask", "voice_of_child")


def faults(step: Step, answers: Answers, codes: Mapping[str, Collection[str]]) -> Iterator[Wrong]:
    """Find what cannot be kept as it is: what is missing is no fault, but for how urgent it is."""
    for field in step.fields:
        yield from _field_faults(field, answers, codes)
    if step.id == "urgency" and not answers.get("urgency"):
        yield Wrong("urgency", "Choose how urgent it is")


def _field_faults(
    field: Field, answers: Answers, codes: Mapping[str, Collection[str]]
) -> Iterator[Wrong]:
    value = answers.get(field.name) or ""
    most = LONGEST_LINE if field.kind == "line" else LONGEST
    if isinstance(value, str) and len(value) > most:
        yield Wrong(field.name, f"Write {most:,} characters or fewer")
    dated = field.kind == "date" and any(answers.get(part) for part in field.parts)
    if dated and born(answers, field.name) is None:
        yield Wrong(field.parts[0], "This must be a real date, such as 27 4 2011")
    known = field.choices or codes.get(field.codes)
    if known is not None:
        stated = value if isinstance(value, list) else [value]
        if any(one and one not in known for one in stated):
            yield Wrong(field.name, "Choose from the list")
    if field.name == "nhs_number" and value and not _digits(value, 10):
        yield Wrong(field.name, "An NHS number has ten digits")
    if field.name == "upn" and value and not (len(value) == 13 and value.isalnum()):  # noqa: PLR2004 - as DfE has it
        yield Wrong(field.name, "A unique pupil number has 13 letters and digits")


def born(answers: Answers, name: str) -> str | None:
    """Return the day that three fields state, as events write it; None for what is no day."""
    stated = [str(answers.get(f"{name}-{part}") or "") for part in ("year", "month", "day")]
    try:
        found = date(*map(int, stated))
    except ValueError:
        return None
    return found.isoformat() if 1900 <= found.year <= 2099 else None  # noqa: PLR2004 - as events have it


def child_of(answers: Answers, fallback: str) -> dict[str, Any]:
    """Return the child as an event states it; `fallback` where the agency has no record number."""
    found = {name: answers[name] for name in _CHILD if answers.get(name)}
    for name in ("nhs_number", "upn"):
        if name in found:
            found[name] = found[name].replace(" ", "")
    day = born(answers, "date_of_birth")
    return {"local_id": fallback, **found} | ({"date_of_birth": day} if day else {})


def said_of(answers: Answers) -> dict[str, Any]:
    """Return what a referral or an amendment says beside who the child is: what was answered."""
    found: dict[str, Any] = {
        name: answers[name] for name in ("urgency", "sent_to") if answers.get(name)
    }
    if answers.get("harms"):
        found["harms"] = list(answers["harms"])
    reason = {name: answers[name] for name in _REASON if answers.get(name)}
    groups = {"reason": reason, "information": _information(answers), **_looked_at(answers)}
    return found | {name: group for name, group in groups.items() if group}


def _information(answers: Answers) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for step in STEPS:
        for field in step.fields:
            name = field.name.removeprefix("info-")
            if field.kind == "known" and answers.get(field.name):
                found[name] = answers[field.name]
            elif field.kind == "known" and answers.get(f"{field.name}-unknown"):
                found[name] = {"unknown_because": answers[f"{field.name}-unknown"]}
    return found


def _looked_at(answers: Answers) -> dict[str, dict[str, Any]]:
    history: dict[str, Any] = {}
    if answers.get("considered"):
        history["previous_incidents_considered"] = answers["considered"] == "yes"
    if answers.get("note"):
        history["note"] = answers["note"]
    screening = {name: answers[name] for name in ("exploitation", "nrm") if answers.get(name)}
    return {"history": history, "screening": screening}


def shown(
    step: Step, answers: Answers, codes: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, str]]:
    """Lay out what was answered in a step, in words; what was not says so."""
    return [(field.label, _words(field, answers, codes) or "Not answered") for field in step.fields]


def _words(field: Field, answers: Answers, codes: Mapping[str, Mapping[str, str]]) -> str:
    if field.kind == "date":
        return "/".join(filter(None, (str(answers.get(part) or "") for part in field.parts)))
    value = answers.get(field.name) or ""
    if field.kind == "known" and not value:
        unknown = answers.get(f"{field.name}-unknown") or ""
        return UNKNOWN.get(unknown, "")
    named = codes.get(field.codes, {})
    if isinstance(value, list):
        return ", ".join(named.get(one, one) for one in value)
    if field.choices is not None:
        return field.choices.get(value, (value, ""))[0]
    return named.get(value, value)


def missing(
    features: Mapping[str, Any], required: Sequence[str], words: int
) -> list[tuple[str, str]]:
    """Say what will be missing when it is sent: the step that asks for it, and words for it."""
    reason, information = features["reason"], features["information"]
    found = [
        (part, f"{BY_ID[part].title} Write at least {words} words.")
        for part in ("why", "harm", "ask")
        if reason.get(part, {}).get("words", 0) < max(1, words)
    ]
    if not reason.get("voice_of_child", {}).get("words", 0):
        found.append(("voice", BY_ID["voice"].title))
    for name in required:
        if information.get(name) not in {"value", "unknown"}:
            step, field = _asks(f"info-{name}")
            found.append((step, f"{field}: say what is known, or why it is not."))
    return found


def _asks(name: str) -> tuple[str, str]:
    """Return the step that asks for a field, and its label."""
    return next(
        (step.id, field.label) for step in STEPS for field in step.fields if field.name == name
    )


def _digits(text: str, count: int) -> bool:
    plain = text.replace(" ", "")
    return len(plain) == count and plain.isascii() and plain.isdigit()
