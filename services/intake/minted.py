"""Has this the form of a ref that we have minted? What has another is not there, for anybody."""

import re
from typing import Annotated, Final

from fastapi import HTTPException
from pydantic import AfterValidator

_MINTED: Final = re.compile(r"[0-9a-f]{32}")


def is_minted(ref: str) -> bool:
    """Say whether it is 32 small hexadecimal digits, as `clock.new_ref` mints them."""
    return _MINTED.fullmatch(ref) is not None


def _found(ref: str) -> str:
    """Answer 404 before the database is asked for what it may not even be able to hold."""
    if not is_minted(ref):
        raise HTTPException(404)
    return ref


Minted = Annotated[str, AfterValidator(_found)]
"""A ref of ours in a path."""
