"""Which words of a text were judged on, and how are words looked for?"""

import re
from dataclasses import dataclass

GAP = r"[\s\-\u2010\u2011]+"
"""Between two words: white space and hyphens, however many."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a text, `text[start:end]`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The words themselves."""
        return text[self.start : self.end]


def whole_words(pattern: str) -> re.Pattern[str]:
    """Compile what is looked for as whole words, in any case.

    Spaces stand for any white space and hyphens, `~` for the rest of a word, ' for either
    apostrophe, and brackets capture nothing; all else is a regular expression.
    """
    plain = re.sub(r"(?<!\\)\((?!\?)", "(?:", pattern)
    spaced = plain.replace(" ", GAP).replace("~", r"\w*").replace("'", "['\u2019]")
    return re.compile(rf"(?<![^\W_])(?:{spaced})(?![^\W_])", re.IGNORECASE)


def word_list(written: str) -> frozenset[str]:
    """Read a list of words that are written with white space between them."""
    return frozenset(written.split())
