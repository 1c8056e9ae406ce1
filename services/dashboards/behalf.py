"""How do pages ask intake and the directory, for who is signed in and as nobody else?

Every question carries a token of a minute that says who asks (`runtime.acting`): what they may not,
they may not here either. Other services of ours answer in JSON alone.
"""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import HTTPException

from services.dashboards.settings import Settings
from services.runtime import clock
from services.runtime.acting import Others, Refused
from services.runtime.auth import Caller

__all__ = ["Behalf", "Refused", "behalf_of"]

SECONDS: Final = 20.0
SERVICE: Final = "dashboards"
SYSTEM: Final = "pages"
"""The system that events from pages come from: `/<agency>/pages`."""

_EVENT: Final = "application/cloudevents+json"


class Behalf(Others):
    """Asks other services of ours for people, and tells intake what they say."""

    async def read(
        self, caller: Caller, path: str, *, service: str = "intake", **params: str | None
    ) -> Any:  # noqa: ANN401 - JSON of another service
        """Return what is there to be read; what is refused is refused to who looks, too."""
        stated = {name: value for name, value in params.items() if value is not None}
        try:
            return (await self.ask(caller, "GET", path, service=service, params=stated)).content
        except Refused as refused:
            raise HTTPException(refused.status) from None

    async def say(
        self, caller: Caller, kind: str, data: Mapping[str, Any], event_id: str
    ) -> str | None:
        """Send an event in the person's own name; return its receipt, None if it was sent before.

        `data` is without the practitioner's ref, which is who is signed in. Raises Refused, NotNow.
        """
        event = self.event(caller, kind, data, event_id)
        try:
            told = await self.ask(caller, "POST", "/v1/events", content=event, media=_EVENT)
        except Refused as refused:
            if refused.code == "conflict":  # the same form once more, a moment later
                return None
            raise
        receipt: str = told.content["receipt"]
        return receipt

    def event(
        self, caller: Caller, kind: str, data: Mapping[str, Any], event_id: str
    ) -> dict[str, Any]:
        """Return the event by which a person says something now."""
        practitioner = {**data["practitioner"], "ref": caller.subject}
        return {
            "specversion": "1.0",
            "source": f"/{caller.agency}/{SYSTEM}",
            "id": event_id,
            "type": kind,
            "time": clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "data": {**data, "practitioner": practitioner},
        }


def behalf_of(settings: Settings) -> Behalf:
    """Return who asks for people, by what the environment must say (`Settings.load`)."""
    addresses = {"intake": settings.intake_url, "directory": settings.directory_url}
    return Behalf.told(settings.acting_key_file, SERVICE, addresses, SECONDS)
