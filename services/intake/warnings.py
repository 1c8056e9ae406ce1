"""What about an accepted event should make somebody look, though it is no fault? Counted only."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.intake.identifiers import nhs_number, upn
from services.intake.identity_in_refs import looks_like_identifier, name_inside, refs_of


def warnings(event: Mapping[str, Any]) -> Iterator[str]:
    """Name what is odd by a code.

    A ref that passes a check digit, or with a name in a longer word; an identifier that fails its.
    """
    if any(looks_like_identifier(ref) for _, ref in refs_of(event)):
        yield "ref-looks-like-identifier"
    child = event["data"].get("child")
    if isinstance(child, Mapping):
        if any(name_inside(child, ref) for _, ref in refs_of(event)):
            yield "name-inside-reference"
        if child.get("nhs_number") and nhs_number(child["nhs_number"]) is None:
            yield "nhs-number-check"
        if child.get("upn") and upn(child["upn"]) is None:
            yield "upn-check"
