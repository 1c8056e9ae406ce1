"""Where does the next page begin, and does it belong to the pages before?

A cursor carries both times of its first page, so that what is believed meanwhile changes no page,
and the total, so that it is counted once.
"""

from typing import Annotated
from uuid import UUID

import msgspec

from services.runtime import cursors
from services.runtime.cursors import Moment


class Cursor(cursors.Cursor, frozen=True):
    """What the pages of one question by one reader have in common, and the last item of a page."""

    as_of: Moment
    known_at: Moment
    beyond_watermark: bool
    total: Annotated[int, msgspec.Meta(ge=0)]
    opens_at: Moment
    gap_id: UUID
    child_ref: Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f]{1,256}$")]
