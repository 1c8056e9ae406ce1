"""Does a text say anything at all?

Two findings, kept apart. A *placeholder* is what contract.md 3 and 3.1 say it is, and only that is
judged by rules. An *empty phrase* is wider (spread over spaces, repeated, "see log"): it is shown
to a person and changes no rule's result.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from services.domain.narrative.spans import word_list

EMPTY = word_list(
    """
    asabove asbelow asdiscussed asdiscussedonphone asperform asperlog asperphonecall
    asperreport awaited awaiting awaitinginformation awaitingupdate blank concernedaboutchild
    concernedforchild concernedforwelfare concerns concernsaboutchild concernsforchild
    concernsforwelfare dk donotknow dontknow empty generalconcerns idk info issues issuesathome
    na nil nk noanswer nocomment nocomments nodetail nodetails nofurtherdetails
    nofurtherinformation noinfo noinformation none noneavailable nonegiven noneknown
    nonerecorded nonestated notapplicable notasked notavailable notgiven nothing nothingknown
    nothingtoadd notknown notobtained notprovided notrecorded notsought notstated notsure
    ongoing ongoingconcerns ongoingissues ongoingissuesathome pending safeguarding
    safeguardingconcern safeguardingconcerns safeguardingissues seeabove seeattached seebelow
    seecad seeform seelog seenotes seepolicelog seerecord seereferral seereport seesystem
    selfexplanatory tba tbc tbd test tobeadvised tobecompleted tobeconfirmed tobedetermined
    tofollow unclear unknown unsure various variousconcerns variousissues welfare
    welfareconcern welfareconcerns worriedaboutchild x xx xxx
    """
)
"""What says nothing when it is all that is said: words run together, so that "t b c" is "tbc"."""

FILLERS = word_list(
    """
    a an and any as at been but current currently detail details for further has have her his
    in is it just me moment more not now number of on or our please pls present re ref
    reference said same so stage still that the their them there they this time to us was were
    with yet you
    """
)
"""What adds nothing to an empty phrase: "not known at this time"."""

ARTICLES = frozenset({"a", "an", "the", "this", "that", "any", "all", "some", "his", "her"})
"""What may stand within an empty phrase: "see the log"."""

SIGNS = frozenset("$+<=>^`|~")
"""What Unicode calls a symbol and keyboards have beside punctuation."""

WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
LONGEST = 6
MOST_WORDS = 40


def without_end(text: str) -> str:
    """Trim a text, lower its case, drop its trailing punctuation, and collapse its white space."""
    end = len(text)
    while end and (text[end - 1].isspace() or _is_punctuation(text[end - 1])):
        end -= 1
    return " ".join(text[:end].lower().split())


def is_placeholder(text: str, placeholders: Iterable[str]) -> bool:
    """Whether a text is blank, or one of the placeholders, by the letter of contract.md 3.1.

    As "?" is a placeholder and nothing but punctuation, so is every text of punctuation alone.
    """
    return without_end(text) in _compared(tuple(placeholders))


def is_empty(text: str) -> bool:
    """Whether a text says nothing, however that is written: "N / A - n/a", "t b c", "see log 12".

    Everything in it is an empty phrase, a filler or a number, and an empty phrase is among it.
    """
    words = [word.lower() for word in WORD.findall(unicodedata.normalize("NFKC", text))]
    if len(words) > MOST_WORDS:
        return False
    said = [re.sub(r"['\u2019]", "", word) for word in words]
    return not said or _says_nothing(said)


def _says_nothing(words: list[str]) -> bool:
    place, found = 0, False
    while place < len(words):
        taken = _longest_empty(words, place)
        if taken == 0 and not _adds_nothing(words[place]):
            return False
        found |= taken > 0
        place += taken or 1
    return found


def _longest_empty(words: list[str], place: int) -> int:
    """Count the words of the longest empty phrase that starts here, fillers within it left out."""
    longest, joined = 0, ("", "")
    for taken, word in enumerate(words[place : place + LONGEST], start=1):
        joined = (joined[0] + word, joined[1] + ("" if word in ARTICLES else word))
        if joined[0] in EMPTY or joined[1] in EMPTY:
            longest = taken
    return longest


def _adds_nothing(word: str) -> bool:
    return word in FILLERS or any(sign.isdigit() for sign in word)


@lru_cache(maxsize=16)
def _compared(placeholders: tuple[str, ...]) -> frozenset[str]:
    return frozenset({"", *map(without_end, placeholders)})


def _is_punctuation(sign: str) -> bool:
    return sign in SIGNS or unicodedata.category(sign).startswith("P")
