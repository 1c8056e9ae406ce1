"""In which forms may a word stand in a file, and is it there? Read through what is packed.

A word is looked for as it is written, in any case, in UTF-8 and UTF-16, as hexadecimal digits and
in Base64 wherever in a text it begins; 32 hexadecimal digits also as the 16 bytes that they are.
Kafka's batches, archives and gzip files are unpacked and looked through once more.
"""

import gzip
import json
import re
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray
from zstandard import ZstdDecompressor

SHORTEST: Final = 5
"""A shorter word would be found where nobody has written it."""
PIECE: Final = 8 * 1024 * 1024
HEAD: Final = 4
"""By so many bytes the places are found where a form may begin."""
_REF: Final = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
_BATCH_HEADER: Final = 61
_BEFORE_SIZE: Final = 12
_MAGIC: Final = 2
_CODECS: Final[dict[int, Callable[[bytes], bytes]]] = {
    0: lambda plain: plain,
    1: gzip.decompress,
    4: lambda packed: ZstdDecompressor().decompressobj().decompress(packed),
}


class TooShort(ValueError):
    """A word that would be found by chance."""


class Unreadable(ValueError):
    """A file that is packed in a way that cannot be looked through; says which."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words that are looked for: in any case, and exactly."""

    words: Sequence[str]
    any_case: dict[bytes, str] = field(default_factory=dict)
    exact: dict[bytes, str] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Iterable[str]) -> "Wanted":
        """Work out every form of every word. Raises TooShort."""
        kept = sorted({word for word in words if word})
        if any(len(word) < SHORTEST for word in kept):
            raise TooShort(f"a word has fewer than {SHORTEST} characters")
        found = cls(kept)
        for word in kept:
            found.any_case.update(dict.fromkeys(_written(word), word))
            found.exact.update(dict.fromkeys(_coded(word), word))
        return found

    @property
    def longest(self) -> int:
        """How long the longest form is."""
        return max(map(len, (*self.any_case, *self.exact)), default=0)

    def within(self, content: bytes) -> set[str]:
        """The words of which a form stands in these bytes."""
        return _found(content.lower(), self.any_case) | _found(content, self.exact)


def in_file(path: Path, wanted: Wanted) -> set[str]:
    """The words that stand in a file, packed or not. Raises Unreadable."""
    found: set[str] = set()
    with path.open("rb") as file:
        kept = b""
        while piece := file.read(PIECE):
            if kept.strip(b"\0") or np.frombuffer(piece, np.uint8).any():
                found |= wanted.within(kept + piece)  # Kafka's indexes are mostly room
            kept = piece[-wanted.longest :]
    for unpacked in _unpacked(path):
        found |= wanted.within(unpacked)
    return found


def in_folders(folders: Iterable[Path], wanted: Wanted) -> dict[Path, set[str]]:
    """The files below these folders in which a word stands, or whose name holds one."""
    found = {}
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
            try:
                words = in_file(path, wanted) | wanted.within(path.name.encode())
            except FileNotFoundError:  # whoever runs has deleted it meanwhile
                continue
            if words:
                found[path] = words
    return found


def batches(content: bytes) -> Iterator[bytes]:
    """Unpack every batch of records of a segment of Kafka's log. Raises Unreadable.

    A segment ends in zeros where Kafka has made room before writing.
    """
    at = 0
    while at + _BATCH_HEADER <= len(content):
        size = _BEFORE_SIZE + int.from_bytes(content[at + 8 : at + _BEFORE_SIZE], "big")
        if size == _BEFORE_SIZE:
            return
        codec = content[at + 22] & 7
        if content[at + 16] != _MAGIC or codec not in _CODECS:
            raise Unreadable(f"a batch of kind {content[at + 16]}, packed by {codec}")
        if at + size > len(content):  # still being written
            return
        yield _CODECS[codec](content[at + _BATCH_HEADER : at + size])
        at += size


def _unpacked(path: Path) -> Iterator[bytes]:
    name = path.name
    segment = name.removesuffix(".deleted").endswith(".log")
    if segment and (path.parent / "partition.metadata").exists():
        yield from batches(path.read_bytes())
    elif name.endswith(".gz"):
        yield gzip.decompress(path.read_bytes())
    elif name.endswith((".zip", ".xlsx", ".ods", ".docx", ".odt")):
        with zipfile.ZipFile(BytesIO(path.read_bytes())) as archive:
            for member in archive.namelist():
                yield archive.read(member)


def _found(content: bytes, forms: Mapping[bytes, str]) -> set[str]:
    """The words of these forms that stand there; as quick for a thousand forms as for one."""
    if len(content) < HEAD or not forms:
        return set()
    by_head: dict[bytes, list[bytes]] = {}
    for form in forms:
        by_head.setdefault(form[:HEAD], []).append(form)
    heads = np.array([int.from_bytes(head, "big") for head in by_head], np.uint32)
    return {
        forms[form]
        for place in _places(np.frombuffer(content, np.uint8), heads)
        for form in by_head[content[place : place + HEAD]]
        if content.startswith(form, place)
    }


def _places(content: NDArray[np.uint8], heads: NDArray[np.uint32]) -> list[int]:
    """Where one of these heads stands: by two bytes, by two more, and then by all four."""
    first, second = np.zeros((2, 1 << 16), np.bool_)
    first[heads >> 16], second[heads & 0xFFFF] = True, True
    pairs = (content[:-1].astype(np.uint16) << 8) | content[1:]
    at = np.flatnonzero(first[pairs[:-2]])
    at = at[second[pairs[at + 2]]]
    fours = (pairs[at].astype(np.uint32) << 16) | pairs[at + 2]
    return [int(place) for place in at[np.isin(fours, heads)]]


def _written(word: str) -> set[bytes]:
    """How a word is written, in small letters."""
    small = word.lower()
    escaped = json.dumps(small)[1:-1]
    plain = {form.encode() for form in (small, escaped, quote(small).lower())}
    wide = {small.encode(coding) for coding in ("utf-16-le", "utf-16-be")}
    return plain | wide | {form.encode().hex().encode() for form in (word, small, word.upper())}


def _coded(word: str) -> set[bytes]:
    """How a word is coded so that no letter of it is left."""
    contents = [word.encode()]
    if _REF.fullmatch(word):
        contents.append(bytes.fromhex(word.replace("-", "")))
    coded = {form for content in contents for form in _base64(content)}
    return {form for form in coded if len(form) >= SHORTEST} | set(contents[1:])


def _base64(content: bytes) -> Iterator[bytes]:
    """The part of a Base64 text that is the same whatever stands before and after."""
    for before in range(3):
        coded = b64encode(bytes(before) + content)
        first, last = (0, 2, 3)[before], (len(content) + before) // 3 * 4
        part = coded[first:last]
        yield part
        yield part.replace(b"+", b"-").replace(b"/", b"_")
