"""How is plain text read as paragraphs and lists? No other mark-up than what people type anyway."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from services.domain.responses.blocks import Block, Bullets, Paragraph

_BULLET: Final = re.compile(r"^\s*[-•*]\s+")
_NUMBER: Final = re.compile(r"^\s*\d{1,3}[.)]\s+")


def written(text: str) -> list[Block]:
    """Return the paragraphs and lists of a text.

    An empty line ends a paragraph; lines that begin with `- ` or `1. ` are a list, with or without
    empty lines between them. Any other line break within a paragraph is a space.
    """
    found: list[Block] = []
    for kind, lines in _runs(text):
        if kind == "text":
            found.append(Paragraph(" ".join(lines)))
            continue
        numbered = kind == "number"
        before = found[-1] if found else None
        if isinstance(before, Bullets) and before.numbered == numbered:
            found[-1] = Bullets((*before.items, *lines), numbered=numbered)
        else:
            found.append(Bullets(tuple(lines), numbered=numbered))
    return found


def _runs(text: str) -> Iterator[tuple[str, list[str]]]:
    lines = [line.strip() for line in text.replace("\r\n", "\n").split("\n")]
    for kind, run in groupby(lines, key=_kind):
        if kind == "text":
            yield kind, list(run)
        elif kind == "bullet":
            yield kind, [_BULLET.sub("", line) for line in run]
        elif kind == "number":
            yield kind, [_NUMBER.sub("", line) for line in run]


def _kind(line: str) -> str:
    if not line:
        return "end"
    if _BULLET.match(line):
        return "bullet"
    return "number" if _NUMBER.match(line) else "text"
