"""What is sent about webhooks, and how is it read? As strictly as events are."""

from typing import Annotated, Any, Final, TypeVar

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, StrictBool, StringConstraints, ValidationError

from services.intake import strict_json
from services.intake.webhook_url import MAX_URL

Sent = TypeVar("Sent", bound=BaseModel)
MAX_BODY: Final = 64 * 1024


class Registration(BaseModel):
    """Where to call."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, StringConstraints(max_length=MAX_URL)]
    paused: StrictBool = False


class From(BaseModel):
    """From where on to call again."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[str, StringConstraints(max_length=200)] | None = None


class Chosen(BaseModel):
    """Which entries are tried once more; all where none is named."""

    model_config = ConfigDict(extra="forbid")

    ids: list[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]] | None = None


async def read(request: Request, model: type[Sent]) -> Sent:
    """Read a body: every fault by its pointer, none with its value. Blank is an empty object.

    Raises NotJson, RequestValidationError.
    """
    body = await request.body()
    if len(body) > MAX_BODY:
        raise HTTPException(413)
    value, flaws = strict_json.parse(body or b"{}")
    if flaws:
        raise RequestValidationError([
            {"loc": ("body", *flaw.path), "type": flaw.code} for flaw in flaws
        ])  # fmt: skip
    try:
        return model.model_validate(value)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([
            {"loc": ("body", *fault["loc"]), "type": fault["type"]} for fault in faults
        ]) from None  # fmt: skip


def described(model: type[BaseModel], *, required: bool = False) -> dict[str, Any]:
    """Describe a body that a route reads by itself, for OpenAPI."""
    schema = {"application/json": {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": required, "content": schema}}
