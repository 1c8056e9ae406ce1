"""How is a document written as a page that stands alone and that everybody can read?"""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from html import escape
from typing import Any, Final

from services.domain.responses.blocks import (
    Block,
    Bullets,
    Document,
    Heading,
    Paragraph,
    Picture,
    Table,
)

STYLE: Final = """
:root { color-scheme: light dark; --ink: #0b0c0c; --paper: #fff; --line: #6f6f6f; --link: #1a5c92; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f3f2f1; --paper: #161819; --line: #a9adb0; --link: #8ec5ff; }
}
body { font: 1.1875rem/1.5 Arial, "Liberation Sans", Helvetica, sans-serif; color: var(--ink);
  background: var(--paper); margin: 0; overflow-wrap: anywhere; }
header, main { max-width: 42rem; margin: 0 auto; padding: 0 1rem; }
main { padding-bottom: 3rem; }
h1 { font-size: 1.75rem; line-height: 1.25; } h2 { font-size: 1.375rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1.1875rem; } h4 { font-size: 1rem; }
a { color: var(--link); }
.marking { border: 2px solid; padding: .25rem .75rem; font-weight: bold; margin: 1rem 0; }
.wide { overflow-x: auto; }
.wide:focus { outline: 3px solid #ffdd00; box-shadow: 0 0 0 6px #0b0c0c; }
table { border-collapse: collapse; width: 100%; font-size: 1rem; }
caption { text-align: left; font-weight: bold; padding: .25rem 0; }
th, td { text-align: left; padding: .375rem .75rem .375rem 0;
  border-bottom: 1px solid var(--line); }
th { vertical-align: bottom; } td { font-variant-numeric: tabular-nums; white-space: nowrap; }
svg { display: block; margin: 1rem 0; }
svg, svg text { forced-color-adjust: none; }
@media print {
  body { font-size: 11pt; } .wide { overflow: visible; } h2, h3, h4 { break-after: avoid; }
  table, svg { break-inside: avoid; } .marking { position: running(marking); }
}
"""
STYLE_MARK: Final = b64encode(sha256(STYLE.encode()).digest()).decode()
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{STYLE_MARK}'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""What a browser is told: this style, and nothing else."""


def made(document: Document) -> bytes:
    """Write the page whole."""
    language, title = escape(document.language), escape(document.title)
    marking = _marking(document.marking)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="author" content="{escape(document.author)}">\n'
        f'<meta name="date" content="{document.dated.isoformat()}">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{marking}<main>\n{body(document)}</main>\n</body>\n</html>\n"
    ).encode()


def body(document: Document) -> str:
    """Write what is between the marking and the end."""
    return "".join(_written(document.blocks))


def _marking(marking: str | None) -> str:
    if marking is None:
        return ""
    return f'<header><p class="marking">{escape(marking)}</p></header>\n'


def _written(blocks: tuple[Block, ...]) -> Iterator[str]:
    for place, block in enumerate(blocks):
        yield WRITTEN[type(block)](block, place) + "\n"


def _heading(block: Heading, _: int) -> str:
    return f"<h{block.level}>{escape(block.text)}</h{block.level}>"


def _paragraph(block: Paragraph, _: int) -> str:
    text = escape(block.text)
    return f'<p><a href="{escape(block.href)}">{text}</a></p>' if block.href else f"<p>{text}</p>"


def _bullets(block: Bullets, _: int) -> str:
    items = "".join(f"<li>{escape(item)}</li>" for item in block.items)
    return f"<ol>{items}</ol>" if block.numbered else f"<ul>{items}</ul>"


def _table(block: Table, place: int) -> str:
    caption, named = f"caption-{place}", escape(f"Table: {block.caption}")
    heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in block.headers)
    rows = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in block.rows
    )
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{named}"><table>'
        f'<caption id="{caption}">{escape(block.caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _picture(block: Picture, _: int) -> str:
    named = escape(f"Picture: {block.of}")
    svg = block.svg.replace("<svg ", f'<svg role="img" aria-label="{escape(block.alt)}" ', 1)
    return f'<div class="wide" role="region" tabindex="0" aria-label="{named}">{svg}</div>'


WRITTEN: Final[Mapping[type[Block], Callable[[Any, int], str]]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Bullets: _bullets,
    Table: _table,
    Picture: _picture,
}
