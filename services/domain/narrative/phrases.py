"""Which phrases speak of a child as of an adult, and how could it be said instead?"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.domain.narrative.spans import Span, whole_words

NAME = "equity.adult_language.phrases"
"""The list's name in the policy."""
WORDS = re.compile(r"[\s\-\u2010\u2011]+")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of the list: the code by which it leaves the vault, and what to write instead."""

    code: str
    alternative: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Use:
    """Where a text uses a phrase."""

    phrase: Phrase
    span: Span


def code_of(phrase: str) -> str:
    """Name a phrase by its words: "Street  Wise" is `street-wise`."""
    return "-".join(word for word in WORDS.split(phrase.strip().lower()) if word)


def phrases_of(
    lists: Iterable[Iterable[str]], alternatives: Mapping[str, str]
) -> tuple[Phrase, ...]:
    """Compile the phrases of all versions of the list, each once, by code.

    Args:
        lists: every version of the list.
        alternatives: by phrase, the neutral alternative offered; blank where none is.

    """
    offered = {code_of(phrase): text for phrase, text in alternatives.items()}
    codes = {code_of(phrase) for phrases in lists for phrase in phrases} - {""}
    return tuple(Phrase(code, offered.get(code, ""), _pattern(code)) for code in sorted(codes))


def uses(text: str, phrases: Iterable[Phrase]) -> list[Use]:
    """Find every use of the phrases in a text, in the order of the text."""
    found = [
        Use(phrase, Span(*match.span()))
        for phrase in phrases
        for match in phrase.pattern.finditer(text)
    ]
    return sorted(found, key=lambda use: (use.span, use.phrase.code))


def _pattern(code: str) -> re.Pattern[str]:
    return whole_words(" ".join(re.escape(word) for word in code.split("-")))
