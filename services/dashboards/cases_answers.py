"""What is answered of the cases behind a number? The shapes, as OpenAPI describes them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class CaseItem(BaseModel):
    """One unit of a denominator, of a child whom the reader may know of."""

    unit_id: str
    child_ref: str
    referral_ref: str | None
    day: str = Field(description="On which it counts.")
    state: Literal["met", "missed", "missing", "not-judged"]
    agency: str
    unit: str
    area: str
    sex: str
    ethnicity: str
    age: str
    gap_id: str | None = Field(
        description="The gap of the measure's rule, where there is one that the reader may see."
    )


class Cases(BaseModel):
    """The cases behind a number."""

    items: list[CaseItem]
    total: int = Field(description="The number: what is listed, over all pages, and `withheld`.")
    withheld: int = Field(description="Restricted or erased children: counted, not listed.")
    next: str | None
    as_of: datetime
    known_at: datetime
