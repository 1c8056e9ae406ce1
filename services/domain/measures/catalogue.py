"""Which measures are there?"""

from collections.abc import Mapping
from typing import Final

from services.domain.measures import equity, lateness, quality, services, timeliness
from services.domain.measures.definition import Measure

CATALOGUE: Final[tuple[Measure, ...]] = (
    *timeliness.MEASURES,
    *quality.MEASURES,
    *equity.MEASURES,
    *services.MEASURES,
    *lateness.MEASURES,
)
"""Every measure. A new family adds its MEASURES here."""

MEASURES: Final[Mapping[str, Measure]] = {measure.id: measure for measure in CATALOGUE}
