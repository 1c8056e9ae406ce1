"""What may be known of a referral's words outside the vault? Counts and codes: `facts.features`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from services.domain.narrative import phrases
from services.domain.narrative.blanks import is_placeholder
from services.domain.narrative.phrases import Phrase
from services.domain.policy import Policy

JUDGED_PARTS = ("why", "harm", "evidence", "ask")
VOICE = "voice_of_child"
PARTS = (*JUDGED_PARTS, VOICE)
"""The parts of a referral's `reason`; phrases are never looked for in the child's own voice."""

UNKNOWN_BECAUSE = ("not-yet-known", "refused", "not-applicable", "would-increase-risk")
"""The accepted reasons for which an element is unknown, for every element (contract.md 3.1)."""

VALUE, UNKNOWN, BLANK = "value", "unknown", "blank"


@dataclass(frozen=True)
class Reader:
    """Reads referrals by a policy: `elements` is the code set information-element.

    `alternatives` offers, by phrase of the list of adult language, how to say it instead.
    """

    policy: Policy
    elements: Collection[str]
    alternatives: Mapping[str, str]

    @cached_property
    def phrases(self) -> tuple[Phrase, ...]:
        """The phrases of all versions of the list: rules choose by date among what was read."""
        versions = self.policy.lists[phrases.NAME]
        return phrases.phrases_of((line.values for line in versions), self.alternatives)

    def features(self, stated: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        """Return `facts.features` of a referral.made or .amended; only what this event states.

        Args:
            stated: the event's `data`, of any content.
            at: the event's time: placeholders are those of its day.

        """
        information = _table(stated, "information")
        reason = _table(stated, "reason")
        blanks = self.policy.words("completeness.placeholders", at)
        return {
            "information": {
                name: state_of(value, blanks)
                for name, value in information.items()
                if name in self.elements
            },
            "reason": {
                part: self._of_part(part, reason[part], blanks) for part in PARTS if part in reason
            },
        }

    def _of_part(self, part: str, text: object, blanks: Collection[str]) -> dict[str, Any]:
        if not isinstance(text, str) or is_placeholder(text, blanks):
            return {"words": 0, "phrases": []}
        used = phrases.uses(text, self.phrases) if part in JUDGED_PARTS else []
        return {
            "words": len(text.split()),
            "phrases": sorted({use.phrase.code for use in used}),
        }


def state_of(value: object, placeholders: Collection[str]) -> str:
    """Say whether an element has a value, is unknown for an accepted reason, or is blank.

    Null, empty text, list or object and placeholders are no values; false and 0 are. An object that
    gives a reason which is not accepted, and nothing else, is no value either.
    """
    if isinstance(value, str):
        return BLANK if is_placeholder(value, placeholders) else VALUE
    if isinstance(value, Mapping):
        if value.get("unknown_because") in UNKNOWN_BECAUSE:
            return UNKNOWN
        return VALUE if value.keys() - {"unknown_because"} else BLANK
    return BLANK if value is None or value == [] else VALUE


def _table(stated: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = stated.get(name)
    return table if isinstance(table, Mapping) else {}
