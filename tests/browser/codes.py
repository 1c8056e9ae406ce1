"""Is anything on a page that is written for machines? Codes, names of rules, and their times."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from lxml import html

from deploy.embedded.places import PROJECT
from deploy.embedded.tokens import PERSONAS
from services.domain.measures.catalogue import CATALOGUE
from services.domain.rules.described import RULES
from services.runtime.contracts import Contracts

_SHAPES: Final = (
    r"[EWSN]\d{8}",
    r"(?:19|20)\d\d-\d\d(?:-\d\d)?(?:T[0-9:.Z+]*)?",
    r"[a-z]+(?:_[a-z]+)+",
    r"[a-z-]+(?:\.[a-z-]+)*\.v\d",
    r"Lesson: (?:\d|themes)",
)
WORDS: Final = frozenset({"self-harm", "not-done", "in-person", "no-show"})
"""Codes that are English as they stand."""
MEANT: Final = (
    r"QA-20\d\d-\d\d",  # a seed, as an example
    r"such as 20\d\d-\d\d-\d\dT[0-9:]+Z",  # a moment, as an example
    r"measure [a-z.-]+, version \d+; filters: [^.]*\.",  # by what a frozen figure was worked out
    r"pcc-editor",  # the name by which somebody signs in
)
"""What looks like a code and is meant to be read: somebody is to write it, or to compare it."""


def shown(page: str) -> list[str]:
    """Return every code that stands in the text of a page."""
    tree = html.fromstring(page)
    for each in tree.xpath("//script | //style | //code"):
        each.drop_tree()
    text = " ".join(tree.xpath("//text()"))
    for meant in MEANT:
        text = re.sub(meant, " ", text)
    return sorted(set(_pattern().findall(text)))


@cache
def _pattern() -> re.Pattern[str]:
    """Match whole codes only: `R-norfolk-police` is a reference of somebody's."""
    known = "|".join(map(re.escape, sorted(_known() - WORDS, key=len, reverse=True)))
    return re.compile(rf"(?<![\w./-])(?:{'|'.join(_SHAPES)}|{known})(?![\w-])")


def _known() -> set[str]:
    """All codes that are no words: those of the contract, agencies, rules, measures and roles."""
    contracts = Contracts.load(PROJECT / "schemas")
    stated = {code for codes in contracts.codes.values() for code in codes}
    listed = {code for schema in contracts.schemas.values() for code in _listed(schema)}
    named = {*RULES, *(one.id for one in CATALOGUE), *contracts.registry.agencies}
    roles = {who.role for who in PERSONAS.values()}
    return {
        one for one in stated | listed | named | roles if re.search(r"[-._]|[A-Z]{4}|RC\d", one)
    }


def _listed(schema: object) -> Iterator[str]:
    """Yield every word that a schema lists."""
    if isinstance(schema, Mapping):
        told: Mapping[str, Any] = schema
        yield from (word for word in told.get("enum", ()) if isinstance(word, str))
        for each in told.values():
            yield from _listed(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from _listed(each)
