"""What is asked of every service alike: each parameter once, and a fault of one named alike."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, StringConstraints

MonthText = Annotated[str, StringConstraints(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
"""A month of this century: YYYY-MM."""


def each_once(question: type[BaseModel]) -> Callable[[Request], None]:
    """Refuse a parameter of a question stated twice: either value would be a guess."""

    def check(request: Request) -> None:
        stated = [name for name, _ in request.query_params.multi_items()]
        names = {field.alias or name for name, field in question.model_fields.items()}
        twice = {name for name in names if stated.count(name) > 1}
        if twice:
            raise RequestValidationError([fault(name, "repeated") for name in sorted(twice)])

    return check


def fault(parameter: str, code: str) -> dict[str, object]:
    """Name what is wrong with a parameter, as FastAPI does."""
    return {"loc": ("query", parameter), "type": code}
