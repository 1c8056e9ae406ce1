"""Who looks at a page?"""

from dataclasses import dataclass

from fastapi import HTTPException

from services.runtime.auth import Caller


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in; `csrf` is None for who came by a bearer token."""

    caller: Caller
    csrf: str | None = None

    @property
    def role(self) -> str:
        """What they are here."""
        return self.caller.role

    def require(self, *roles: str) -> None:
        """Answer 403 to every other role."""
        if self.role not in roles:
            raise HTTPException(403)
