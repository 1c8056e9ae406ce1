"""By which words is a child's own voice told from an adult's, and what is there from what is not?

Written as `cues` is; part of the same lexicon.
"""

from typing import Final

from services.domain.narrative.spans import word_list

CHILD: Final = (
    "((the |this )?(child|young person|yp|boy|girl|pupil|student|teenager|daughter|son)"
    "|he|she|they)"
)
"""Whoever may be the child."""

AUX: Final = "(has |have |had |also |then |later |only |just |quietly |tearfully |clearly )?"

SAID: Final = (
    "(said|says|say|told|tells|tell|states?|stated|reports?|reported|disclosed|discloses"
    "|describe[sd]?|explained|explains|asked|asks|wrote|writes|drew|draws|whispered|confided"
    "|admitted|shared|shares|replied|answered|mentioned|expressed|talks? (about|of)"
    "|talked (about|of)|spoke (about|of))"
)

FELT: Final = (
    "(wants?|wanted|wishes|wished|feels?|felt|hopes|hoped|thinks|thought|believes|prefers|likes"
    "|hates|loves|misses|worries|would (like|rather|prefer)"
    "|(does not|doesn't|did not|didn't|do not|don't) (want|feel|like|wish|think|know why|trust)"
    "|(is|was|are|were|gets|became|feels) (very |really |so |too )?"
    "(scared|afraid|frightened|terrified|worried|sad|unhappy|lonely|anxious|angry|ashamed"
    "|embarrassed|happy|upset) (to|of|about|that|at|when|because|for))"
)

VOICE: Final = rf"""
{CHILD} {AUX}{SAID}
{CHILD} {AUX}{FELT}
(his|her|their|child's|young person's) (own )?(words|views?|wishes|voice|account|feelings|drawing)
wishes and feelings
voice of (the )?child
when (asked|spoken to|seen alone|we asked|i asked),? (he|she|they|the child) \w+
(he|she|they|child|young person) (is|was|were) asked (what|how|about|if|whether)
(spoken to|spoke to (him|her|them|the child)|seen) alone
"""

SPEAKER: Final = rf"(?P<who>[^\W\d_]+) {AUX}{SAID}"
"""Somebody who said something: the child's voice unless it is an adult or a little word."""

ELLIPTIC: Final = "(said|says|told|drew|wrote|wants|feels|would not talk|would like)"
"""At the start of a sentence, of the child: notes leave out who."""

WOMEN: Final = word_list(
    "mum mother mom stepmother stepmum grandmother nan nanny grandma aunt auntie sister"
)
MEN: Final = word_list("dad father stepfather stepdad grandfather grandad uncle brother boyfriend")
ADULTS: Final = (
    WOMEN
    | MEN
    | word_list(
        """
    adult adults agency caller camhs carer carers college constable cousin custody dc detective
    doctor dr driver ds dsl family female friend friends gp guardian head headteacher hospital
    informant inspector intelligence landlord lead log male man manager member midwife miss mr
    mrs ms neighbour neighbours nurse officer officers paramedic paramedics parent parents
    partner pc police record records relative report school sergeant sgt shopkeeper sibling
    siblings staff sw teacher teachers tutor visitor witness witnesses woman worker workers
    """
    )
)
"""Whose words are not the child's own."""

LITTLE: Final = word_list(
    """
    a above after all allegedly also although am an and are as at be because been before being
    below both but by for from further had has has have having he her him his i if in is it me
    never nobody not nothing of on one or previously reportedly she since so someone that the
    their them then there they this though to until us was we were what when where which while
    who with you
    """
)
"""Words that stand before "said" and name nobody."""

NOT_DONE: Final = (
    "(is |are |was |were |has |have )?(not|never) (yet )?(been )?"
    "(known|seen|obtained|recorded|sought|gathered|asked|required|needed|necessary|requested|given"
    "|provided|available|explored|captured|taken|established|spoken to|heard)"
)
"""After a cue: it says that the thing is not there."""

NEGATIONS: Final = word_list(
    "no not never without nil neither nor cannot isn't wasn't doesn't didn't haven't hasn't"
)
"""Shortly before a cue: it says that the thing is not there."""

HEADINGS: Final = {
    "why": "(why|reasons?( for (the )?(referral|concern))?|concerns?|what happened|background)",
    "harm": "(harm( to (the )?child)?|risks?|impact( on (the )?child)?)",
    "evidence": "(evidence|observations?|seen and heard|sources?)",
    "ask": "(ask|asked for|requests?|actions? (requested|needed)|what (is|we are) ask(ed|ing))",
    "voice": "(voice( of (the )?child)?|(the )?child'?s? (voice|views?|words)|wishes and feelings)",
}
"""Before a colon: what follows states the part, if it says anything."""
