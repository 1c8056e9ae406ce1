"""Plain text is read as paragraphs and lists, as people type them."""

import pytest

from services.domain.responses.blocks import Block, Bullets, Paragraph
from services.domain.responses.writing import written


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("", []),
        ("One.", [Paragraph("One.")]),
        ("One\nline.\n\nTwo.", [Paragraph("One line."), Paragraph("Two.")]),
        ("Of:\n- a\n\n- b\n* c", [Paragraph("Of:"), Bullets(("a", "b", "c"))]),
        ("1. a\n2) b", [Bullets(("a", "b"), numbered=True)]),
        ("- a\n1. b", [Bullets(("a",)), Bullets(("b",), numbered=True)]),
        ("-a\n5.5 hours", [Paragraph("-a 5.5 hours")]),
        ("a\r\n\r\nb", [Paragraph("a"), Paragraph("b")]),
        ("2026 was long", [Paragraph("2026 was long")]),
    ],
)
def test_text_is_read(text: str, blocks: list[Block]) -> None:
    assert written(text) == blocks
