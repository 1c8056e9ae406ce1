"""How is a document written as a tagged PDF (PDF/UA-1)? By typst, from data alone."""

import json
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Final

import typst

from services.domain.responses.blocks import (
    Block,
    Bullets,
    Document,
    Heading,
    Paragraph,
    Picture,
    Table,
)

_TEMPLATE: Final = Path(__file__).with_name("response.typ").read_bytes()
STANDARD: Final = "ua-1"


def made(document: Document) -> bytes:
    """Write the PDF; its date is the document's, its fonts are typst's own."""
    language, _, region = document.language.partition("-")
    said = {
        "title": document.title,
        "author": document.author,
        "language": language,
        "region": region,
        "marking": document.marking,
        "blocks": [_said(block) for block in document.blocks],
    }
    made_at = datetime.combine(document.dated, time(), UTC)
    written: bytes = typst.compile(
        _TEMPLATE,
        format="pdf",
        sys_inputs={"document": json.dumps(said, ensure_ascii=False)},
        pdf_standards=STANDARD,
        ignore_system_fonts=True,
        timestamp=int(made_at.timestamp()),
    )
    return written


def _said(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", "level": block.level, "text": block.text}
        case Paragraph():
            return {"kind": "paragraph", "text": block.text, "href": block.href}
        case Bullets():
            return {"kind": "bullets", "items": block.items, "numbered": block.numbered}
        case Table():
            return {
                "kind": "table",
                "caption": block.caption,
                "headers": block.headers,
                "rows": block.rows,
            }
        case Picture():
            return {"kind": "picture", "svg": block.svg, "alt": block.alt}
