"""What do other services of ours say to who is signed in here? Asked in their name."""

from typing import Any, Final

import httpx
from fastapi import Request

from services.dashboards.handlers import Forbidden
from services.dashboards.settings import Settings
from services.runtime.acting import Acting
from services.runtime.auth import Caller

SECONDS: Final = 2.0
"""How long a page waits for another service before it is shown without it."""


class Away(Exception):
    """The other service does not answer, or nobody has said where it is."""


class Elsewhere:
    """Asks the directory and the alerts for people who look at our pages."""

    def __init__(self, settings: Settings) -> None:
        self._urls = {"alerts": settings.alerts_url, "directory": settings.directory_url}
        key = settings.acting_key_file
        self._acting = None if key is None else Acting.load(key, "dashboards")
        self._client: httpx.AsyncClient | None = None

    async def get(self, caller: Caller, service: str, path: str, **asked: str) -> dict[str, Any]:
        """Return what is answered. Raises Away; Forbidden where the caller is shown nothing."""
        url = self._urls[service]
        if url is None or self._acting is None:
            raise Away
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=SECONDS, trust_env=False)
        headers = {"Authorization": f"Bearer {self._acting.token(caller)}"}
        try:
            answer = await self._client.get(f"{url}{path}", params=asked, headers=headers)
        except httpx.HTTPError:
            raise Away from None
        if answer.status_code == httpx.codes.FORBIDDEN:
            raise Forbidden
        if not answer.is_success:
            raise Away
        found: dict[str, Any] = answer.json()
        return found

    async def close(self) -> None:
        """Let go of what is open."""
        if self._client is not None:
            await self._client.aclose()


def elsewhere_of(request: Request) -> Elsewhere:
    """Return what asks other services."""
    found: Elsewhere = request.app.state.elsewhere
    return found
