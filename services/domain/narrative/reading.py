"""Which parts of a reason does a text state, and by which words is that told?

A lexical reader: a part is stated where one of its cues (`cues`) stands in the text and is not said
to be absent, or where its heading is followed by something. No more is claimed than that: it is
shown to a person beside the words, and no rule reads it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from operator import attrgetter

from services.domain.narrative import cues, voices
from services.domain.narrative.blanks import WORD, is_empty
from services.domain.narrative.spans import Span, whole_words

PARTS = ("why", "harm", "evidence", "ask", "voice")

Reading = Mapping[str, tuple[Span, ...]]
"""By part, the words that it was judged on, in order; a part without any is not stated."""

NEAR = 3
"""How many words before a cue a negation still reaches it."""

SENTENCE = re.compile(r"[^.!?;•\n\r\u2028\u2029]+")
SHORT = 6
"""In so few words under a heading, "not seen" is all that is said."""

CLAUSE_END = re.compile(r"[,:.!?;•\n\r]|(?<![^\W_])(?:but|and)(?![^\W_])", re.IGNORECASE)
QUOTED = re.compile(r"[\"“][^\"“”]{1,400}[\"”]")
OWN = whole_words("i|i'm|i've|i'd|i'll|me|my|we")


def read(text: str) -> Reading:
    """Read a free text, of any content; the same in any case and spacing within a line."""
    if is_empty(text):
        return dict.fromkeys(PARTS, ())
    empty = [Span(*match.span()) for match in SENTENCE.finditer(text) if is_empty(match.group())]
    heads = [Span(*match.span()) for match in _ANY_HEAD.finditer(text)]
    return {
        part: tuple(
            span
            for span in _merged([*_cued(part, text), *_headed(part, text)])
            if not (_inside(span, empty) or _inside(span, heads))
        )
        for part in PARTS
    }


def stated(text: str) -> frozenset[str]:
    """The parts that a text states."""
    return frozenset(part for part, spans in read(text).items() if spans)


def _cued(part: str, text: str) -> Iterator[Span]:
    for match in _PATTERNS[part].finditer(text):
        span = Span(*match.span())
        if not _denied(text, span) and (part != "voice" or not _of_adult(text, span)):
            yield span
    if part == "voice":
        yield from _spoken(text)


def _headed(part: str, text: str) -> Iterator[Span]:
    """Find what stands under the part's heading, up to the end of its sentence or next heading."""
    for match in _HEADS[part].finditer(text):
        rest = SENTENCE.match(text, match.end())
        if rest is None:
            continue
        following = _ANY_HEAD.search(text, match.end(), rest.end())
        end = following.start() if following else rest.end()
        if not _says_none(text[match.end() : end]):
            yield _trimmed(text, match.end(), end)


def _says_none(content: str) -> bool:
    """Whether what stands under a heading is empty or only says that there is nothing."""
    words = _words(content)
    if is_empty(content) or words[0] in voices.NEGATIONS:
        return True
    return len(words) <= SHORT and _NOT_DONE_ANYWHERE.search(content) is not None


def _spoken(text: str) -> Iterator[Span]:
    """Find what the child said: by name, in notes without a subject, or between quotation marks."""
    for match in _SPEAKER.finditer(text):
        before = _words_before(text, match.start())
        named = match["who"].lower() not in voices.ADULTS | voices.LITTLE
        if named and not voices.ADULTS.intersection(before[-2:]):
            yield Span(*match.span())
    for sentence in SENTENCE.finditer(text):
        start = re.compile(r"\s*").match(text, sentence.start())
        elliptic = _ELLIPTIC.match(text, start.end()) if start else None
        if elliptic:
            yield Span(*elliptic.span())
    for match in QUOTED.finditer(text):
        if OWN.search(match.group()) and not _of_adult(text, Span(*match.span())):
            yield Span(*match.span())


def _denied(text: str, span: Span) -> bool:
    """Whether the words around a cue say that the thing is not there."""
    if _NOT_DONE.match(text, span.end):
        return True
    before = _words_before(text, span.start)
    return bool(voices.NEGATIONS.intersection(before[-NEAR:]))


def _of_adult(text: str, span: Span) -> bool:
    """Whether he or she who speaks is an adult of that sex named before in the same sentence."""
    words = _words(span.of(text))
    speaker = _OF_SEX.get(words[0] if words else "", voices.ADULTS)
    start = max(0, span.start - 200)
    sentence = text[start : span.start]
    ends = [match.end() for match in re.finditer(r"[.!?;•\n\r]", sentence)]
    before = _words(sentence[ends[-1] :] if ends else sentence)
    near = before[-NEAR:] if speaker is voices.ADULTS else before
    return bool(speaker.intersection(near))


def _words_before(text: str, end: int) -> list[str]:
    """The words of the clause before a place, as far as they matter."""
    clause = text[max(0, end - 80) : end]
    ends = [match.end() for match in CLAUSE_END.finditer(clause)]
    return _words(clause[ends[-1] :] if ends else clause)


def _words(text: str) -> list[str]:
    return [word.lower().replace("\u2019", "'") for word in WORD.findall(text)]


def _merged(spans: list[Span]) -> list[Span]:
    """Put spans in order; those that overlap become one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _inside(span: Span, others: list[Span]) -> bool:
    """Whether a span lies in one of others that are in order and do not overlap."""
    place = bisect_right(others, span.start, key=attrgetter("start"))
    return place > 0 and span.end <= others[place - 1].end


def _trimmed(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    return Span(start + len(words) - len(words.lstrip()), start + len(words.rstrip()))


def _lexicon(written: str) -> re.Pattern[str]:
    lines = written.replace("\n  ", "").splitlines()
    return whole_words("|".join(line for line in lines if line))


def _heading(written: str) -> re.Pattern[str]:
    return re.compile(whole_words(written).pattern + r"\s*:", re.IGNORECASE)


_PATTERNS = {
    "why": _lexicon(cues.WHY),
    "harm": _lexicon(cues.HARM),
    "evidence": _lexicon(cues.EVIDENCE),
    "ask": _lexicon(cues.ASK),
    "voice": _lexicon(voices.VOICE),
}
_OF_SEX = {"she": voices.WOMEN, "he": voices.MEN}
_HEADS = {part: _heading(written) for part, written in voices.HEADINGS.items()}
_ANY_HEAD = _heading("|".join(voices.HEADINGS.values()))
_SPEAKER = whole_words(voices.SPEAKER)
_ELLIPTIC = whole_words(voices.ELLIPTIC)
_NOT_DONE_ANYWHERE = whole_words(voices.NOT_DONE)
_NOT_DONE = re.compile(r"\s*" + whole_words(voices.NOT_DONE).pattern, re.IGNORECASE)
