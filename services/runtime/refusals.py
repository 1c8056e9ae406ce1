"""How does OpenAPI say that a service says no? The documents that `problems` answers, described."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.runtime.problems import MEDIA_TYPE


class Fault(BaseModel):
    """One thing wrong with what was sent; a value is never repeated."""

    pointer: str = Field(
        description="RFC 6901, from the root of what was sent.", examples=["/data/grade"]
    )
    code: str = Field(examples=["not-in-code-set"])
    message: str = Field(default="", examples=["This must be one of: green, amber, red."])
    line: int | None = Field(None, description="Of a body that cannot be read, from 1.")
    column: int | None = Field(None, description="The same.")


class Problem(BaseModel):
    """RFC 9457 problem details."""

    # Hundreds of routes name it: it is built where the description of them is asked for.
    model_config = ConfigDict(extra="allow", defer_build=True)

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["The event is not right"])
    status: int = Field(examples=[422])
    code: str = Field(examples=["invalid-event"])
    errors: list[Fault] = []


def refusal(words: str) -> dict[str, Any]:
    """Describe one status that is a refusal, in words."""
    return {"model": Problem, "content": {MEDIA_TYPE: {}}, "description": words}
