"""What is found in a referral's reason, for those who may see its text: the words judged on."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.domain.narrative.blanks import is_empty
from services.domain.narrative.features import JUDGED_PARTS, PARTS
from services.domain.narrative.phrases import Phrase, Use, uses
from services.domain.narrative.reading import read
from services.domain.narrative.spans import Span


def shown(reason: Mapping[str, Any], phrases: Iterable[Phrase]) -> dict[str, dict[str, Any]]:
    """Say of each part that has a text what was found in it; places are [start, end) in that text.

    {part: {"empty": says nothing, "states": {"why"|"harm"|"evidence"|"ask"|"voice": [place, …]},
    "phrases": [{"code", "place", "alternative"}, …]}}. The reader's view; rules judge features.
    """
    listed = tuple(phrases)
    return {
        part: {
            "empty": is_empty(text),
            "states": {
                name: [_place(span) for span in spans] for name, spans in read(text).items()
            },
            "phrases": [_use(use) for use in uses(text, listed)] if part in JUDGED_PARTS else [],
        }
        for part in PARTS
        if isinstance(text := reason.get(part), str)
    }


def _use(use: Use) -> dict[str, Any]:
    return {
        "code": use.phrase.code,
        "place": _place(use.span),
        "alternative": use.phrase.alternative,
    }


def _place(span: Span) -> list[int]:
    return [span.start, span.end]
