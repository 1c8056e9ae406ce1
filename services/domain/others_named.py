"""Where may a free text be about somebody else than the child? A first look, for a person.

It knows no names: it finds words that are written like one, words for relatives and other people,
and ways to reach somebody. What it does not find may be there all the same.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from services.domain.narrative.spans import Span, whole_words, word_list

Kind = Literal["name", "person", "contact"]

_PEOPLE: Final = whole_words(
    "(?:(?:step|grand|foster|half)(?: )?)?(?:mother|father|brother|sister|son|daughter|parents?)s?"
    "|mum~|mam|dad~|nan|nana|gran|grandad|siblings?|twins?|aunts?|aunt(?:y|ie)|uncles?|cousins?"
    "|niece|nephew|guardians?|carers?|partner|boyfriend|girlfriend|ex|husband|wife|fiance~"
    "|friends?|mates?|neighbou?rs?|lodger|landlord|teacher|tutor|doctor|nurse|officer|worker"
)
_CONTACTS: Final = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+"  # an address for mail
    r"|(?<![\w+])(?:\+44|0)[\d ()-]{8,14}\d"  # a telephone number
    r"|(?<!\w)[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?!\w)"  # a postcode
    r"|(?<!\w)\d{1,4}[A-Za-z]?,? (?:[A-Z][a-z]+ ){1,3}"
    r"(?:Road|Street|Lane|Close|Avenue|Drive|Way|Court|Place|Crescent)(?!\w)",
)
_WORD: Final = re.compile(r"[^\W\d_][\w'\u2019-]*")
_OPENS: Final = re.compile(r"(?:^|[.!?:;\u2026]|[\u2022*\n-])[\s\"'\u2018\u201c(]*$")
_NOT_NAMES: Final = word_list(
    """i i'm i've i'd i'll monday tuesday wednesday thursday friday saturday sunday january february
    march april may june july august september october november december christmas easter english
    british police mash cads csc gp nhs nrm dsl send ehcp cctv a&e section snapchat whatsapp
    instagram tiktok facebook class a b c norfolk"""
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a text that may be about somebody else, and how it looks like it."""

    span: Span
    kind: Kind


def mentions(text: str, own_names: Collection[str]) -> list[Mention]:
    """Find what may name, mean or reach somebody else, in order and without overlap.

    `own_names` are the child's own, in any case; a word that opens a sentence counts as a name only
    where another follows that is written like one.
    """
    own = {part.casefold() for name in own_names for part in _WORD.findall(name)}
    found = [
        *(Mention(Span(*one.span()), "contact") for one in _CONTACTS.finditer(text)),
        *(Mention(span, "name") for span in _names(text, own)),
        *(Mention(Span(*one.span()), "person") for one in _PEOPLE.finditer(text)),
    ]
    kept: list[Mention] = []
    for one in sorted(found, key=lambda each: (each.span.start, -each.span.end)):
        if not kept or one.span.start >= kept[-1].span.end:
            kept.append(one)
    return kept


def _names(text: str, own: Collection[str]) -> Iterator[Span]:
    """Runs of capitalised words that are neither the child's own nor plain words of the field."""
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(text):
        if run and text[run[-1].end() : word.start()].strip(" "):
            yield from _named(text, run)
            run = []
        if _capital(word.group(), own):
            run.append(word)
        elif run:
            yield from _named(text, run)
            run = []
    yield from _named(text, run)


def _capital(word: str, own: Collection[str]) -> bool:
    plain = re.sub(r"['\u2019]s$", "", word).casefold()
    return word[0].isupper() and plain not in own and plain not in _NOT_NAMES


def _named(text: str, run: list[re.Match[str]]) -> Iterator[Span]:
    if run and (len(run) > 1 or not _OPENS.search(text[: run[0].start()])):
        yield Span(run[0].start(), run[-1].end())
