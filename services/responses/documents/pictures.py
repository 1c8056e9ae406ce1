"""How does a picture become pixels, for formats that show no SVG?"""

from typing import Final

import typst

_PAGE: Final = b"""#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 480pt)
"""
_PER_INCH: Final = 216
"""1,440 pixels across."""


def png(svg: str) -> bytes:
    """Draw an SVG; its text in typst's own font: no font of this machine has a part in it."""
    drawn: bytes = typst.compile(
        _PAGE, format="png", ppi=_PER_INCH, sys_inputs={"svg": svg}, ignore_system_fonts=True
    )
    return drawn
