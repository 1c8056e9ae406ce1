"""What differs between two versions of a response? Paragraph by paragraph, words marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from services.domain.responses.blocks import Document, texts


@dataclass(frozen=True, slots=True)
class Change:
    """A passage that is in one version and not in the other."""

    kind: Literal["added", "removed"]
    text: str
    place: int


def changes(before: Document, after: Document) -> list[Change]:
    """Return what was removed and added, in the order of the later document."""
    return list(_changes(list(texts(before)), list(texts(after))))


def _changes(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag != "equal":
            yield from (Change("removed", text, start + 1) for text in before[first:last])
            yield from (Change("added", text, start + 1) for text in after[start:end])
