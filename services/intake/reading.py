"""What did this request offer? One event or many, from any of the three CloudEvents modes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote

from services.intake import strict_json
from services.intake.candidates import Offered
from services.intake.strict_json import Flaw
from services.runtime.contracts import Fault
from services.runtime.faults import pointer_of

STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
JSON: Final = "application/json"
_PREFIX: Final = "ce-"


class UnknownMode(Exception):
    """The content type is none of the three modes, or names an encoding other than UTF-8."""


class NotABatch(Exception):
    """A batch has to be a list of events."""


def mode_of(headers: Sequence[tuple[str, str]]) -> str:
    """Return STRUCTURED, BATCH or JSON (binary mode); raises UnknownMode."""
    stated = [value for name, value in headers if name == "content-type"]
    media, _, parameters = (stated[0] if len(stated) == 1 else "").partition(";")
    media = media.strip().lower()
    if media not in {STRUCTURED, BATCH, JSON} or not _utf8(parameters):
        raise UnknownMode
    if media == JSON and not any(name.startswith(_PREFIX) for name, _ in headers):
        raise UnknownMode
    return media


def one(body: bytes) -> Offered:
    """Read a structured event; raises NotJson."""
    value, flaws = strict_json.parse(body)
    return Offered(value, _faults(flaws))


def many(body: bytes) -> list[Offered]:
    """Read a batch: each event with its own flaws. Raises NotJson, NotABatch."""
    value, flaws = strict_json.parse(body)
    if not isinstance(value, list):
        raise NotABatch
    own: dict[Any, list[Flaw]] = {}
    for flaw in flaws:
        own.setdefault(flaw.path[0], []).append(Flaw(flaw.path[1:], flaw.code, flaw.message))
    return [Offered(event, _faults(own.get(place, []))) for place, event in enumerate(value)]


def binary(headers: Sequence[tuple[str, str]], body: bytes) -> Offered:
    """Read a binary-mode event: attributes from `ce-` headers, data from the body."""
    value, flaws = strict_json.parse(body)
    attributes, twice = _attributes(headers)
    placed = [Flaw(("data", *flaw.path), flaw.code, flaw.message) for flaw in flaws]
    return Offered({**attributes, "data": value}, (*_faults(placed), *twice))


def _attributes(headers: Sequence[tuple[str, str]]) -> tuple[Mapping[str, Any], list[Fault]]:
    found: dict[str, Any] = {}
    faults = []
    for name, value in headers:
        if not name.startswith(_PREFIX):
            continue
        attribute = name.removeprefix(_PREFIX)
        where = pointer_of([attribute])
        if attribute in found or attribute == "data":
            faults.append(Fault(where, "duplicate-key", "The attribute is stated more than once."))
        found[attribute], broken = _decoded(value)
        if broken:
            faults.append(Fault(where, "unsafe-character", "The header is not text in UTF-8."))
    return found, faults


def _decoded(value: str) -> tuple[str, bool]:
    """Undo percent encoding and quotes as CloudEvents' HTTP binding has it."""
    text = value.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        return "", True
    return decoded, strict_json.unsafe(decoded)


def _faults(flaws: Sequence[Flaw]) -> tuple[Fault, ...]:
    return tuple(Fault(pointer_of(flaw.path), flaw.code, flaw.message) for flaw in flaws)


def _utf8(parameters: str) -> bool:
    """Whether a content type's parameters name no charset, or UTF-8."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "charset" and value.strip('" ').lower() not in {"utf-8", "utf8"}:
            return False
    return True
