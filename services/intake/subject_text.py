"""How is one thing that is held told in words, and what of it is marked for redaction?"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.domain.moments import LONDON, moment
from services.domain.others_named import mentions
from services.intake.subject_words import Words

WHY: Final[Mapping[str, str]] = {
    "staff": "a member of staff",
    "ref": "a reference in somebody's system",
    "text": "free words: read them whole",
    "others": "about other people",
    "name": "perhaps somebody's name",
    "person": "perhaps another person",
    "contact": "perhaps how to reach somebody",
}
"""What a mark says; every mark but "none"."""
NONE: Final = "none"
UNKNOWN_BECAUSE: Final = "unknown_because"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a line; `mark` is a word of WHY, or "none"."""

    text: str
    mark: str = NONE


@dataclass(frozen=True, slots=True)
class Line:
    """What something is, and what it says; `mark` is of the line as a whole."""

    label: str
    runs: Sequence[Run]
    mark: str = NONE


@dataclass(frozen=True, slots=True)
class Speaker:
    """Puts what an event says into lines; `own_names` are the child's."""

    words: Words
    codes: Mapping[str, Mapping[str, str]]
    own_names: Collection[str]

    def lines(self, said: Mapping[str, Any], before: str = "") -> Iterator[Line]:
        """Yield a line for every field of an event's data, in the order in which it states them."""
        for name, value in said.items():
            path = f"{before}{name}"
            if path == "information" and isinstance(value, Mapping):
                yield from self._information(value)
            elif isinstance(value, Mapping) and self.words.within(path):
                yield from self.lines(value, f"{path}.")
            elif value is not None and value not in ("", [], {}):
                yield self.line(path, value)

    def line(self, path: str, value: object) -> Line:
        """One field, in its words."""
        field = self.words.field(path)
        labels = self.codes.get(field.codes or "", {})
        text = plain(value, labels)
        if field.mark != "text":
            return Line(field.says, [Run(text, field.mark)], field.mark)
        return self.free(field.says, text)

    def free(self, label: str, text: str, mark: str = "text") -> Line:
        """Free words, with what may be about others marked within them."""
        return Line(label, list(self._runs(text)), mark)

    def _information(self, stated: Mapping[str, Any]) -> Iterator[Line]:
        for element, value in stated.items():
            name = self.codes.get("information-element", {}).get(element, _spaced(element))
            if isinstance(value, Mapping) and UNKNOWN_BECAUSE in value:
                yield Line(name, [Run(f"not known: {plain(value[UNKNOWN_BECAUSE])}")])
            else:
                mark = "others" if element in self.words.others else "text"
                yield self.free(name, plain(value), mark)

    def _runs(self, text: str) -> Iterator[Run]:
        at = 0
        for one in mentions(text, self.own_names):
            if one.span.start > at:
                yield Run(text[at : one.span.start])
            yield Run(one.span.of(text), one.kind)
            at = one.span.end
        if at < len(text):
            yield Run(text[at:])


def code_lines(row: Mapping[str, Any], *names: str) -> Iterator[Line]:
    """A line for each of these columns that says something, in codes or moments."""
    for name in names:
        if row[name] is not None:
            yield Line(_spaced(name).capitalize(), [Run(plain(row[name]))])


def staff_line(subject: str) -> Line:
    """Who of the staff did it."""
    return Line("By", [Run(subject, "staff")], "staff")


def plain(value: object, labels: Mapping[str, str] | None = None) -> str:
    """Put a value into words: codes by their labels, moments as London says them."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{_spaced(str(name))}: {plain(part)}" for name, part in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(plain(part, labels) for part in value)
    text = str(value)
    return (labels or {}).get(text) or when(text)


def when(text: str) -> str:
    """A moment in London time where the text is one, else the text."""
    if "T" not in text:
        return text
    try:
        return told(moment(text))
    except ValueError:
        return text


def told(at: datetime) -> str:
    """A moment as people say it."""
    london = at.astimezone(LONDON)
    return f"{london.day} {london:%B %Y}, {london:%H:%M}"


def _spaced(code: str) -> str:
    return code.replace("_", " ").replace("-", " ")
