"""What does every route of alerts need: who asks, by what policy, and whether mails are sent?"""

from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from services.alerts.notices import Telling
from services.domain.registry import Registry
from services.runtime.callers import Reception


class Desk(Reception):
    """The alerts, the registry, the policy, and who may ask; `mails`: whether any are sent."""

    def __init__(
        self, registry: Registry, telling: Telling, jwks: Path | None, *, mails: bool
    ) -> None:
        super().__init__(registry, jwks)
        self.telling = telling
        self.policy = telling.policy
        self.mails = mails


def desk_of(request: Request) -> Desk:
    """Return the application's desk."""
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(desk_of)]
