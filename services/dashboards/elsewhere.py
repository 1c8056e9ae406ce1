"""What do other services of ours say to who is signed in here? Asked in their name."""

from http import HTTPStatus
from typing import Any, Final

from fastapi import Request

from services.dashboards.behalf import SERVICE
from services.dashboards.handlers import Forbidden
from services.dashboards.settings import Settings
from services.runtime.acting import Others, Refused
from services.runtime.auth import Caller
from services.runtime.guard import NotNow

SECONDS: Final = 2.0
"""How long a page waits for another service before it is shown without it."""


class Away(Exception):
    """The other service does not answer, or nobody has said where it is."""


class Elsewhere:
    """Asks the directory and the alerts for people who look at our pages."""

    def __init__(self, settings: Settings) -> None:
        addresses = {"alerts": settings.alerts_url, "directory": settings.directory_url}
        self._others = Others.told(settings.acting_key_file, SERVICE, addresses, SECONDS)

    async def get(self, caller: Caller, service: str, path: str, **asked: str) -> dict[str, Any]:
        """Return what is answered. Raises Away; Forbidden where the caller is shown nothing."""
        try:
            told = await self._others.ask(caller, "GET", path, service=service, params=asked)
        except NotNow:
            raise Away from None
        except Refused as refused:
            raise (Forbidden if refused.status == HTTPStatus.FORBIDDEN else Away) from None
        found: dict[str, Any] = told.content
        return found

    async def close(self) -> None:
        """Let go of what is open."""
        await self._others.close()


def elsewhere_of(request: Request) -> Elsewhere:
    """Return what asks other services."""
    found: Elsewhere = request.app.state.elsewhere
    return found
