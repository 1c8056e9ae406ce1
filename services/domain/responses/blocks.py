"""What is a document made of, whatever it is written as: HTML, PDF, DOCX or ODT?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; the document's title is the only one of level 1."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; with `href` it is one link."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, numbered or not."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the first row heads the columns, the first cell of each row the row."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as SVG, what it is of, and what it shows in words; its own are for who sees it."""

    svg: str
    of: str
    alt: str


Block: TypeAlias = Heading | Paragraph | Bullets | Table | Picture


@dataclass(frozen=True, slots=True)
class Document:
    """A document whole; `dated` is the day that its files carry, whenever they are made."""

    title: str
    author: str
    dated: date
    marking: str | None
    blocks: tuple[Block, ...]
    language: str = "en-GB"


def texts(document: Document) -> Iterator[str]:
    """Return every text that a reader is shown, in order; the marking and pictures aside."""
    for block in document.blocks:
        match block:
            case Heading() | Paragraph():
                yield block.text
            case Bullets():
                yield from block.items
            case Table():
                yield block.caption
                yield from block.headers
                for row in block.rows:
                    yield from row
            case Picture():
                continue
