"""What do people write in a referral? Well, poorly, not at all, and as of an adult."""

from random import Random
from typing import Any

from deploy.demo.county import RATES

ELEMENTS = (
    "address", "where_now", "immediate_safety", "parents_or_carers", "siblings", "school", "gp",
    "ethnicity", "language", "disability", "consent", "actions_taken", "known_workers",
)  # fmt: skip
_UNKNOWN = ("not-yet-known", "refused", "not-applicable", "would-increase-risk")
_PLACEHOLDERS = ("n/a", "Unknown", "TBC", "none given", "?", " ", "N/A.")
_VALUES = ("recorded on the form", "seen and noted", "told by the parent", "as held on file")

_WHY = (
    "Found late at night far from home with two adults nobody could name",
    "Officers were called to the address for the third time this month and the child saw it",
    "Has missed most lessons since half term and came in today with bruises on one arm",
    "A parent said that there is no food in the house and the heating has been cut off",
    "Was hurt in a fight near the bus station in which a blade was seen",
    "Told a member of staff about messages from an older person asking for pictures",
    "Was away from home for two nights and came back with a new phone and cash",
)
_HARM = (
    "Likely to be hurt again if nobody steps in before the weekend",
    "Is being drawn into carrying drugs for others and has been threatened",
    "Is going hungry and is often alone in the house overnight",
    "Lives with violence between the adults and shows signs of fear",
)
_EVIDENCE = (
    "Two members of staff saw the injuries and wrote down what was said",
    "Messages on the phone and what the neighbour told the officer",
    "The attendance record and three earlier notes in the file",
)
_ASK = (
    "An assessment under section 17 and a worker for the family",
    "A strategy discussion today and a plan before the child goes home",
    "Help for the parents and a check of who else lives there",
)
_VOICE = (
    "Said that home is loud and that school is the safe place",
    "Said: I do not want to owe them anything",
    "Would not talk at first, then drew the house and who is in it",
)
_SHORT = ("Concerned about child", "See police log", "Ongoing issues at home")
_ADULT = (
    "The child is streetwise and knows the area and its people well",
    "Staying with older friends seems to be a lifestyle choice at this time",
    "The family was offered help before but the child refuses to engage with workers",
    "Is described by officers as a known gang member in the town",
    "Looks mature for that age and was out with people in their twenties",
    "Is no angel and has been spoken to about the group before",
    "Keeps going back there and is old enough to know what can happen",
)
OFFENCES = ("Possession with intent to supply", "Theft from a shop", "Affray", "Criminal damage")
RATIONALES = (
    "Read the record and spoke to the officer about the child",
    "Looked at the last twelve months before deciding",
    "The account is clear and the next step is right",
)


class Draft:
    """What one referral says and leaves out; `mend` gives what an amendment adds."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self.missing = self._missing() if self._slips("missing-information") else []
        self.unclear = self._unclear() if self._slips("unclear-reason") else []
        self.unheard = self._slips("child-not-heard")
        self.adult = self._slips("adult-language") and "why" not in self.unclear

    @property
    def faulty(self) -> bool:
        """Say whether anything is left to mend."""
        return bool(self.missing or self.unclear or self.unheard or self.adult)

    def said(self) -> dict[str, Any]:
        """Return the `reason` and `information` of referral.made."""
        rng = self._rng
        reason: dict[str, Any] = {"evidence": rng.choice(_EVIDENCE), **self._well()}
        for part in self.unclear:
            self._spoil(reason, part)
        if self.adult:
            reason["why"] = rng.choice(_ADULT)
        if not self.unheard:
            reason["voice_of_child"] = rng.choice(_VOICE)
        elif self._chance(0.4):  # some write a placeholder instead of nothing
            reason["voice_of_child"] = rng.choice(_PLACEHOLDERS)
        return {"reason": reason, "information": self._information()}

    def mend(self, *, entirely: bool) -> dict[str, Any]:
        """Return what an amendment adds: all that is poor, else the first missing thing only."""
        rng = self._rng
        supplied = self.missing if entirely else self.missing[:1]
        added: dict[str, Any] = {"information": {name: rng.choice(_VALUES) for name in supplied}}
        if entirely:
            added["reason"] = {
                part: text for part, text in self._well().items() if part in self.unclear
            }
            if self.adult:
                added["reason"]["why"] = rng.choice(_WHY)
            if self.unheard:
                added["reason"]["voice_of_child"] = rng.choice(_VOICE)
        return added

    def _slips(self, rate: str) -> bool:
        return self._chance(RATES[rate])

    def _chance(self, share: float) -> bool:
        return self._rng.random() < share

    def _well(self) -> dict[str, str]:
        rng = self._rng
        return {"why": rng.choice(_WHY), "harm": rng.choice(_HARM), "ask": rng.choice(_ASK)}

    def _missing(self) -> list[str]:
        return sorted(self._rng.sample(ELEMENTS, self._rng.randint(1, 5)))

    def _unclear(self) -> list[str]:
        return sorted(
            self._rng.sample(("why", "harm", "ask"), self._rng.choices((1, 2), (4, 1))[0])
        )

    def _spoil(self, reason: dict[str, Any], part: str) -> None:
        rng = self._rng
        if part != "why" and self._chance(0.3):  # `why` is required by the schema
            del reason[part]
        else:
            reason[part] = rng.choice(_SHORT if self._chance(0.6) else _PLACEHOLDERS)

    def _information(self) -> dict[str, Any]:
        rng = self._rng
        known: dict[str, Any] = {}
        for name in ELEMENTS:
            if name not in self.missing:
                known[name] = (
                    {"unknown_because": rng.choice(_UNKNOWN)}
                    if self._chance(0.05)  # honest about what is not known
                    else rng.choice(_VALUES)
                )
            elif self._chance(0.5):  # half leave a placeholder, half leave it out
                known[name] = rng.choice(_PLACEHOLDERS)
        return known
