"""Reads the README and docs/: which blocks has a page, which is run, which is what it prints?

A `sh` block is run. A `json` or `text` block is what the `sh` block before it prints; in it `…`
stands for whatever differs from one time to the next. Blocks of `make` are for people: they would
act on the reader's own stack, so only their targets are checked.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ANYTHING: Final = "…"
PRINTED: Final = frozenset({"json", "text"})
_FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
_TARGET: Final = re.compile(r"\bmake ([a-z]+(?:-[a-z]+)*)\b")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a page: `sh` to run, or anything else to look at. `line` is its first."""

    kind: str
    text: str
    line: int

    @property
    def runs(self) -> bool:
        """Whether it is run: `sh`, unless all of it is `make`."""
        return self.kind == "sh" and not all(line.startswith("make ") for line in self.commands)

    @property
    def commands(self) -> list[str]:
        """Its lines, without blank ones and comments."""
        return [line for line in self.text.splitlines() if line and not line.startswith("#")]


@dataclass(frozen=True, slots=True)
class Example:
    """A block that is run, and the block that says what it prints, if the page has one."""

    run: Block
    prints: Block | None


def blocks(page: Path) -> list[Block]:
    """Read a page's blocks in order."""
    text = page.read_text()
    return [
        Block(found[1], found[2], text.count("\n", 0, found.start()) + 1)
        for found in _FENCE.finditer(text)
    ]


def examples(found: Sequence[Block]) -> list[Example]:
    """Pair what is run with what it prints."""
    following = [*found[1:], None]
    return [
        Example(block, after if after is not None and after.kind in PRINTED else None)
        for block, after in zip(found, following, strict=False)
        if block.runs
    ]


def unexplained(found: Sequence[Block]) -> Iterator[Block]:
    """Yield what looks like something printed, though nothing is run before it."""
    for before, block in zip([None, *found], found, strict=False):
        if block.kind in PRINTED and (before is None or not before.runs):
            yield block


def links(page: Path) -> set[Path]:
    """Return the files that a page links to."""
    return {(page.parent / found).resolve() for found in _LINK.findall(page.read_text())}


def targets(page: Path) -> set[str]:
    """Return every target that a page tells its reader to make."""
    return set(_TARGET.findall(page.read_text()))


def is_printed(block: Block, printed: str) -> bool:
    """Say whether a run printed what the page says."""
    if block.kind == "json":
        return matches(json.loads(block.text), json.loads(printed))
    wanted = re.escape(block.text.strip()).replace(re.escape(ANYTHING), ".*?")
    return re.fullmatch(wanted, printed.strip(), flags=re.DOTALL) is not None


def matches(wanted: Any, found: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    """Compare JSON. `…` is any value, a part of a text, further entries, or further fields."""
    if wanted == ANYTHING:
        return True
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and _fields_match(wanted, found)
    if isinstance(wanted, list):
        return isinstance(found, list) and _entries_match(wanted, found)
    if isinstance(wanted, str):
        pattern = re.escape(wanted).replace(re.escape(ANYTHING), ".*")
        return isinstance(found, str) and re.fullmatch(pattern, found) is not None
    return type(wanted) is type(found) and bool(wanted == found)


def _fields_match(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    named = wanted.keys() - {ANYTHING}
    known = named <= found.keys() if ANYTHING in wanted else named == found.keys()
    return known and all(matches(wanted[name], found[name]) for name in named)


def _entries_match(wanted: Sequence[Any], found: Sequence[Any]) -> bool:
    if wanted and wanted[-1] == ANYTHING:
        wanted, found = wanted[:-1], found[: len(wanted) - 1]
    return len(wanted) == len(found) and all(map(matches, wanted, found))
