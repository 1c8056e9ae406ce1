"""What do the answers about webhooks look like? Read by whoever reads the OpenAPI document."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class LastCall(BaseModel):
    """How the last call went."""

    at: datetime
    outcome: str = Field(
        description="`delivered`, `gone` (410), `http-<status>`, `timeout`, `no-such-host`,"
        " `no-connection`, `no-trust` (certificate), `broken-off`, `address-refused`.",
        examples=["http-500"],
    )


class Webhook(BaseModel):
    """An address that is called when the feed goes on, and how that goes."""

    id: str
    url: str
    created_at: datetime
    paused: Literal["asked", "gone"] | None = Field(
        description="Why nobody is called: you asked, or the address answered 410."
    )
    last_call: LastCall | None
    delivered_at: datetime | None = Field(description="When a call for an entry was last taken.")
    tries: int = Field(description="Calls in vain for the entry that is next.")
    next_try_at: datetime | None
    undelivered: int = Field(description="Entries given up after many calls in vain.")
    ping_waits: bool
    old_secret_until: datetime | None = Field(
        description="Until then calls are signed by the secret before as well."
    )


class WebhookMade(Webhook):
    """A webhook and its secret."""

    secret: str = Field(description="`whsec_` and base64: told once. Signs every call.")


class Webhooks(BaseModel):
    """An agency's webhooks."""

    items: list[Webhook]


class NewSecret(BaseModel):
    """A secret that takes another's place."""

    secret: str
    old_secret_until: datetime


class GivenUp(BaseModel):
    """An entry of the feed that could not be delivered."""

    id: str = Field(description="Of the entry.")
    type: str
    time: datetime
    tries: int
    outcome: str
    given_up_at: datetime
    tried_again: bool = Field(description="Whether it waits to be tried once more.")


class Undelivered(BaseModel):
    """What could not be delivered."""

    items: list[GivenUp]


class Asked(BaseModel):
    """How much will be done."""

    asked: int
