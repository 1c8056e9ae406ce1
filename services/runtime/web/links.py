"""How do pages lead to one another? The same question, with one thing changed."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode


class Link(NamedTuple):
    """Words and where they lead."""

    text: str
    href: str


def asking(path: str, asked: Mapping[str, object], **changed: object) -> str:
    """Return an address that asks as before but for what has changed; None leaves out."""
    said = {**asked, **changed}
    query = urlencode({name: value for name, value in said.items() if value not in (None, "")})
    return f"{path}?{query}" if query else path


def chips(
    path: str, fields: Iterable[Mapping[str, Any]], asked: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Say by the words of a form's fields what is asked, each with the address without it."""
    return [
        (f"{field['label']}: {dict(field['choices']).get(said, said)}",
         asking(path, asked, **{field["name"]: None}))
        for field in fields if (said := asked.get(field["name"]))
    ]  # fmt: skip


def pages_of(first: str | None, following: str | None) -> dict[str, dict[str, str]]:
    """Return the links of a page within a list, as the pagination takes them."""
    found = {}
    if first is not None:
        found["previous"] = {"href": first, "text": "Back to the first page"}
    if following is not None:
        found["next"] = {"href": following}
    return found
