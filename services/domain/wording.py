"""Which words stand for the codes of a gap when it is explained?"""

from collections.abc import Mapping

from services.domain import events as e

UNITS = {"hours": "hour", "days": "day", "working-days": "working day"}

CAUSES = {
    "detention": "the child's detention",
    "suspect_interview": "the child's interview as a suspect",
    "red": "an exposure or concern graded red",
    "amber": "an exposure or concern graded amber",
}

DECISIONS = {"section-17": "section 17", "section-47": "section 47"}

RECEIPTS = {"received": "the referral was received", "made": "the referral was made"}

WORKS = {
    "custody": "the child's detention",
    "interview": "the child's interview",
    "incident": "an incident",
    "referral": "a referral",
    "no-referral": "a decision not to refer",
}
"""What a review is of."""

HANDLED = {
    e.DETAINED: "the child's detention",
    e.INTERVIEWED: "the child's interview",
    e.EXPOSED: "an incident with the child",
    e.MADE: "a referral",
}
"""What somebody handled who should have been trained."""

COURSES = {"child-vulnerability": "child vulnerability"}
"""Courses as they read in a sentence; others by their code."""

ELEMENTS = {
    "where_now": "where the child is now",
    "immediate_safety": "whether the child is safe now",
    "parents_or_carers": "parents or carers",
    "siblings": "brothers and sisters",
    "gp": "the GP",
    "actions_taken": "what has been done",
    "known_workers": "workers who know the child",
}
"""Elements of information as they read in a sentence; others by their code."""

PARTS = {
    "why": "why it is made",
    "harm": "the harm to the child",
    "evidence": "the evidence",
    "ask": "what is asked",
}
"""The parts of a referral's reason."""

DEEDS = {
    e.MADE: "a referral was made",
    e.AMENDED: "the referral was amended",
    e.NOT_REFERRED: "it was decided not to refer",
    e.DECIDED: "the decision was made",
    e.WITHDRAWN: "the referral was withdrawn",
    e.TOLD: "the referrer was told",
    e.ASSESSMENT_COMPLETED: "the assessment was completed",
    e.CLOSED: "the case was closed",
    e.CONFERENCE_HELD: "a conference was held",
    e.DISCUSSED: "a strategy discussion was held",
    e.SUPPORT_STARTED: "support started",
    e.SERVICE_DECLINED: "the service declined",
    e.SUPPORT_ENDED: "support ended",
    e.REVIEWED: "it was reviewed by someone else",
    e.TRAINED: "the training was completed",
    e.DETAINED: "the detention's record was completed",
    e.INTERVIEWED: "an interview was held with an adult present",
}
"""What closed a gap, in words, by the event's type."""

OWN_DEEDS: Mapping[tuple[str, str], str] = {
    ("referral_not_made", e.AMENDED): "an earlier referral was amended to name it",
    ("information_missing", e.MADE): "it was made again with what was missing",
    ("information_missing", e.AMENDED): "it was amended with what was missing",
    ("reason_unclear", e.MADE): "it was made again and says so",
    ("reason_unclear", e.AMENDED): "it was amended to say so",
    ("child_not_heard", e.MADE): "it was made again with the child's voice",
    ("child_not_heard", e.AMENDED): "it was amended with the child's voice",
    ("adult_language", e.MADE): "it was made again without such words",
    ("adult_language", e.AMENDED): "it was amended to do without",
    ("adult_language", e.REVIEWED): "a review by someone else approved the words",
    ("not_recognised", e.MADE): "a referral that considers the earlier incidents was made",
    ("not_recognised", e.AMENDED): "a referral was amended to consider the earlier incidents",
    ("repeated_no_further_action", e.DECIDED): "another decision was made",
    ("returned_not_mended", e.MADE): "a new referral was made",
    ("returned_not_mended", e.REVIEWED): "a later review approved it",
    ("exploitation_not_screened", e.MADE): "a referral that states the screening was made",
    ("exploitation_not_screened", e.AMENDED): "an amended referral states the screening",
    ("no_appropriate_adult", "arrival"): "an appropriate adult arrived",
    ("no_appropriate_adult", "release"): "the child was released",
    ("no_appropriate_adult_at_interview", "arrival"): "an appropriate adult arrived",
    ("girl_hidden_harm", e.MADE): "a referral that names exploitation was made",
    ("girl_hidden_harm", e.AMENDED): "a referral was amended to name exploitation",
}
"""What closed a gap, by code and event's type (or how it closed), where its own words say more."""

OWED: Mapping[str, tuple[str, str]] = {
    "referral_not_made": ("a referral to children's social care", "{cause}"),
    "decision_overdue": ("a decision on a referral", "{receipt}"),
    "referrer_not_told": ("word to the referrer", "{receipt}"),
    "assessment_overdue": ("the assessment that a decision of {decision} calls for", "{receipt}"),
    "conference_overdue": (
        "a child protection conference",
        "the strategy discussion that led to section 47",
    ),
    "support_not_started": ("the start of therapeutic support", "the referral to the service"),
    "not_recognised": (
        "a referral that considers the earlier incidents, or a strategy discussion,",
        "the latest of {incidents} within {within},",
    ),
    "not_reviewed": ("a review, by someone else, of {work}", "{work}"),
    "returned_not_mended": ("the mending of {work} that a review had returned", "that review"),
    "exploitation_not_screened": (
        "a screening for exploitation, stated in a referral,",
        "an event with an indicator of exploitation",
    ),
    "no_appropriate_adult": ("an appropriate adult for the child", "the child's detention"),
}
"""By code: what was owed, and what its clock starts from."""

AT_ONCE: Mapping[str, str] = {
    "information_missing": (
        "{who} owed a referral that states all it must: on {at} it did not state {missing}"
    ),
    "reason_unclear": (
        "{who} owed a referral that says why it is made, the harm to the child and what is asked: "
        "on {at} it did not say {unclear}, each in at least {least}"
    ),
    "child_not_heard": (
        "{who} owed a referral in which the child is heard: on {at} it did not say what the child "
        "says"
    ),
    "adult_language": (
        "a person should look whether a referral speaks of a child as of an adult: on {at} it used "
        "{phrases} in saying {parts}"
    ),
    "repeated_no_further_action": (
        "a person should look whether {who} and its partners missed something: an incident on {at} "
        "came after {decisions} had been decided no further action within {within}, and another "
        "decision was called for"
    ),
    "reviewed_by_same_person": (
        "{who} owed a review by someone else: on {at} {work} was reviewed by a person who had done "
        "it"
    ),
    "not_in_date": (
        "{who} owed training in {courses}, in date, for whoever handled {handled} on {at}"
    ),
    "violence_not_safeguarding": (
        "{who} owed a referral: an exposure to serious youth violence or knives on {at} was not "
        "treated as safeguarding"
    ),
    "no_appropriate_adult_at_interview": (
        "{who} owed the child an appropriate adult at the interview on {at}, where none was present"
    ),
    "girl_hidden_harm": (
        "a person should look whether harm to a girl is hidden: by {at} there were {incidents} "
        "with an indicator of exploitation, and a referral that names exploitation was called for"
    ),
    "suspect_only": (
        "a person should look whether a child is seen only as a suspect: by {at} there were "
        "{incidents} with an indicator of exploitation, and a referral was called for"
    ),
}
"""By code: what was owed at once, or what a person should look at; followed by what was found."""

STILL_OPEN: Mapping[str, str] = {
    "information_missing": "it has not all been supplied",
    "reason_unclear": "it has not been said since",
    "child_not_heard": "it has not been said since",
    "adult_language": "it has been neither amended to do without nor approved by someone else",
}
"""By code: what is found while nothing closed the gap; of others, that none is recorded."""
