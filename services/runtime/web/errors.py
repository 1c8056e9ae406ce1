"""What is said to a person when something goes wrong? Plain words and the way on, never a trace."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request, Response

from services.runtime.sign_in import BACK, SIGN_IN
from services.runtime.web.links import asking

_SAID: Final[Mapping[int, tuple[str, tuple[str, ...]]]] = {
    401: (
        "Sign in",
        ("You need to sign in to see this page. After 15 minutes without use you are signed out.",),
    ),
    403: (
        "You may not see this page",
        (
            "Your role is not shown what is here, or the page was open too long to be sent.",
            "If you need it for your work, ask whoever runs this service for you.",
        ),
    ),
    404: (
        "Page not found",
        (
            "If you typed the address, check it.",
            "If you followed a link, what it led to may be gone, or you may not be shown it.",
        ),
    ),
    405: ("This cannot be done here", ("Go back and use the buttons of the page.",)),
    413: ("That is too large", ("Send less at a time.",)),
    422: ("This address is not right", ("Something in the address is not as we expect it.",)),
    429: ("Too many requests", ("Wait a minute, then try again.",)),
    503: (
        "This service is away for a moment",
        ("Nothing was lost. Try again in a minute.",),
    ),
}
_OTHERWISE: Final = (
    "Something went wrong here",
    ("It is our fault, and it has been written down. Try again later.",),
)

_FAULTS: Final = {
    "literal_error": "none of those that can be chosen",
    "extra_forbidden": "it asks for something that is not known here",
    "missing": "it is missing",
    "twice": "it is there twice",
    "string_too_long": "it is too long",
    "cursor": "the list has changed; begin at its first page",
    "not-released": "not published by this",
}
_FAULT: Final = "not written as we expect it"


def said(request: Request, answer: Response) -> dict[str, Any]:
    """Return what the page of a problem shows; `errors` name what is wrong, never a value."""
    title, lines = _SAID.get(answer.status_code, _OTHERWISE)
    problem = json.loads(bytes(answer.body))
    return {
        "title": title,
        "lines": lines,
        "errors": [_in_words(error) for error in problem.get("errors", ())],
        "sign_in": _sign_in(request) if answer.status_code == HTTPStatus.UNAUTHORIZED else None,
    }


def _in_words(error: Mapping[str, Any]) -> str:
    """Say what is wrong with which part of an address, without the value."""
    name = str(error["pointer"]).removeprefix("/query").strip("/").replace("_", " ").capitalize()
    name = name or "The address"
    return f"{name}: {error.get('message') or _FAULTS.get(error['code'], _FAULT)}."


def _sign_in(request: Request) -> str:
    """Return where to sign in and come back from; what was being sent is not sent again."""
    place = request.url.path
    if request.method == "GET" and request.url.query:
        place += f"?{request.url.query}"
    back = "/" if place.startswith("/sign-") else place
    return asking(SIGN_IN, {BACK: back})
