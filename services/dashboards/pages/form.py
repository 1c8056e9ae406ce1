"""What does a page's form send? Every field, also those that nobody has filled in."""

from typing import Any

from pydantic import BaseModel, model_validator


class Form(BaseModel):
    """A question asked by a form: a field left empty is one that was not chosen."""

    @model_validator(mode="before")
    @classmethod
    def _chosen(cls, said: Any) -> Any:  # noqa: ANN401 - whatever was sent
        return {name: value for name, value in said.items() if value != ""}
