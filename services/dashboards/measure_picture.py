"""Which picture of a measure's answer is given away, and what does it say of itself?"""

from collections.abc import Mapping
from typing import Any, Final

from services.dashboards.measure_tables import book
from services.dashboards.pages import pictures
from services.runtime.web.charts import Chart, alone

SVG: Final = "image/svg+xml"
_ABOVE: Final = frozenset({"Title", "Marking"})
"""What a picture says by itself; the rest of a file's cover is told under it."""


def as_svg(answer: Mapping[str, Any]) -> bytes:
    """Draw an answer as a file: its groups if it is by one dimension, else its months."""
    chart = pictures.grouped(answer) or pictures.drawn(answer)
    cover = [line for line in book(answer).cover if line[0] not in _ABOVE]
    return alone(chart, answer["marking"], [*cover, *_standing_out(chart)])


def _standing_out(chart: Chart) -> list[tuple[str, str]]:
    """Say in words what the picture's diamonds are."""
    if chart.columns[-1]["text"] != "Stands out":
        return []
    told = "; ".join(f"{row[0]}: {row[-1]}" for row in chart.rows if row[-1])
    return [("Diamonds stand out", told or "there is none")]
