"""Is this XML that can be read without harm? Read to its end, keeping nothing of it.

No document type (so no entity and nothing to be fetched), no deep nesting, no more elements than a
file of its kind can need, no endless tag. What passes may be given to a parser that builds a tree.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from xml.parsers import expat

MAX_DEPTH: Final = 64
MAX_ELEMENTS: Final = 1_000_000
_STRETCH: Final = 1 << 16
_LONG_TAG: Final = re.compile(rb"<[^<>]{65536}")


class UnsafeXml(Exception):
    """Not to be read: `code` says why; line and column are from 1, or 0 where none is known."""

    def __init__(self, code: str, line: int = 0, column: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.line = line
        self.column = column


def stretches(content: bytes) -> Iterator[bytes]:
    """Cut a document into pieces to check; raises UnsafeXml for a tag that would not end."""
    if found := _LONG_TAG.search(content):
        raise UnsafeXml("tag-too-long", *_place(content, found.start()))
    for start in range(0, len(content), _STRETCH):
        yield content[start : start + _STRETCH]


def root_of(pieces: Iterable[bytes], most: int = MAX_ELEMENTS) -> str:
    """Return the name of the outermost element, without its namespace.

    Raises:
        UnsafeXml: `not-xml`, `forbidden-xml` (a document type), `too-deep`, `too-many-elements`.

    """
    return _Reader(most).read(pieces)


class _Reader:
    """Counts what a document opens and closes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._depth = self._count = 0
        self._root = ""
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def read(self, pieces: Iterable[bytes]) -> str:
        try:
            for piece in pieces:
                self._parser.Parse(piece, False)  # noqa: FBT003 - expat takes it by place
            self._parser.Parse(b"", True)  # noqa: FBT003 - the same
        except expat.ExpatError as error:
            place = (error.lineno, error.offset + 1)
        except (LookupError, ValueError):  # an encoding that nobody knows
            place = (0, 0)
        else:
            return self._root
        raise UnsafeXml("not-xml", *place)

    def _doctype(self, *_: object) -> None:
        raise self._unsafe("forbidden-xml")

    def _start(self, name: str, _: object) -> None:
        self._root = self._root or name.rpartition(":")[2]
        self._depth += 1
        self._count += 1
        if self._depth > MAX_DEPTH:
            raise self._unsafe("too-deep")
        if self._count > self._most:
            raise self._unsafe("too-many-elements")

    def _end(self, _: str) -> None:
        self._depth -= 1

    def _unsafe(self, code: str) -> UnsafeXml:
        return UnsafeXml(code, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)


def _place(content: bytes, at: int) -> tuple[int, int]:
    """Line and column of a byte, from 1."""
    return content.count(b"\n", 0, at) + 1, at - content.rfind(b"\n", 0, at)
