"""What does the contract say of each rule? The sentences of contract.md 3, word for word."""

from collections.abc import Mapping
from typing import NamedTuple


class Sentence(NamedTuple):
    """What is owed and when the gap opens, and what closes it; default numbers in brackets."""

    owed: str
    closed_by: str


SENTENCES: Mapping[str, Sentence] = {
    "timeliness.referral_not_made": Sentence(
        (
            "after a detention [24 h], an interview as suspect [24 h], an exposure or concern "
            "graded red [24 h] or amber [72 h]; green alone owes nothing. One obligation for "
            "all events that share a `custody_ref` or an `incident_ref`"
        ),
        (
            "first of: any `referral.made` for the child at or after the event; an earlier "
            "referral that names its ref in `triggers`; a `no-referral.decided` naming it"
        ),
    ),
    "timeliness.decision_overdue": Sentence(
        "a decision on a referral [1 working day from received, else made]",
        "`referral-decided`, `referral.withdrawn`",
    ),
    "timeliness.referrer_not_told": Sentence(
        "the referrer told [1 working day, same start]",
        "`referrer-told`, `referral.withdrawn`",
    ),
    "timeliness.assessment_overdue": Sentence(
        ("where decided section 17 or 47: assessment completed [45 working days from received]"),
        "`assessment-completed`, `case-closed`",
    ),
    "timeliness.conference_overdue": Sentence(
        ("where a strategy discussion leads to section 47: conference [15 working days from it]"),
        "`conference-held`, `case-closed`",
    ),
    "timeliness.support_not_started": Sentence(
        "after `service.referral-made` of kind therapeutic: support started [28 days]",
        "`support-started`, `referral-declined`, `support-ended`",
    ),
    "completeness.information_missing": Sentence(
        (
            "at once on `referral.made`: every required element has a value or an accepted "
            '`unknown_because`. Blank, "n/a", "unknown", "tbc", "none given", "?" are not '
            "values. Required [`address`, `where_now`, `immediate_safety`, `parents_or_carers`,"
            " `siblings`, `school`, `gp`, `ethnicity`, `language`, `disability`, `consent`, "
            "`actions_taken`, `known_workers`]"
        ),
        "the `referral.amended` that supplies the last one; `why` lists what is missing",
    ),
    "completeness.reason_unclear": Sentence(
        (
            "at once: `reason` does not state why, the harm to the child, and what is asked "
            "(each absent, a placeholder, or under [5] words)"
        ),
        "an amendment that states them; `why` says which part",
    ),
    "completeness.child_not_heard": Sentence(
        "at once: no `voice_of_child`",
        "an amendment with it",
    ),
    "cumulative_harm.not_recognised": Sentence(
        (
            "[24 h] after the [3rd] distinct incident of any grade, any agency, within [90 "
            "days]. Distinct = distinct `incident_ref`, else `custody_ref`, else "
            "`concern_ref`/`interview_ref`; two agencies on one incident count once"
        ),
        (
            "a `referral.made` or `.amended` at or after that incident with "
            "`previous_incidents_considered` true; a strategy discussion at or after it"
        ),
    ),
    "cumulative_harm.repeated_no_further_action": Sentence(
        "query: at an incident after [2] no-further-action decisions within [365 days]",
        "a decision other than no further action",
    ),
    "oversight.not_reviewed": Sentence(
        (
            "a review of each detention, suspect interview, police referral and no-referral "
            "decision [24 h]"
        ),
        "`oversight.reviewed` of that kind and ref by someone other than who did it",
    ),
    "oversight.reviewed_by_same_person": Sentence(
        "at a review by the person who did the work",
        "a review by another",
    ),
    "oversight.returned_not_mended": Sentence(
        "[24 h] after a review `returned`",
        "`referral.amended`, `referral.made`, or a later review `approved`",
    ),
    "training.not_in_date": Sentence(
        (
            "at a detention, interview, exposure or referral handled by a practitioner of a "
            "unit that must hold [`child-vulnerability`; units `general-cid`, `response`, "
            "`custody`; valid 3 years] without it in date then"
        ),
        "that practitioner completes the course",
    ),
    "equity.exploitation_not_screened": Sentence(
        "[24 h] after an event with an indicator",
        "a referral with `screening.exploitation` = done",
    ),
    "equity.violence_not_safeguarding": Sentence(
        (
            "at an exposure with `serious-youth-violence` or `knife` and "
            "`treated_as_safeguarding` false"
        ),
        "any referral at or after it",
    ),
    "equity.no_appropriate_adult": Sentence(
        "at an interview without one; or [3 h] after a detention with none arrived",
        "`arrived_at` on a later event of that custody",
    ),
    "equity.girl_hidden_harm": Sentence(
        (
            "query: a girl with [2] indicators over distinct incidents and no referral naming "
            "criminal or sexual exploitation or county lines"
        ),
        "such a referral",
    ),
    "equity.suspect_only": Sentence(
        (
            "query: a child with an indicator whose every involvement is suspect [at the 2nd "
            "such incident], and no referral"
        ),
        "any referral",
    ),
    "equity.adult_language": Sentence(
        "query: a phrase of the versioned list in a referral's reason",
        "an amendment without it; an `oversight.reviewed` of the referral that overrules it",
    ),
}
"""By the rule's name."""
