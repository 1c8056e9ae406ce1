"""Which numbers and lists do rules ask for, and what may they be?"""

from collections.abc import Collection, Mapping

from services.domain.circumstances import GRADES, TRIGGERS
from services.domain.numbers import Line, ListLine
from services.domain.packs import Scope
from services.domain.registry import Registry

NUMBERS: Mapping[str, frozenset[str]] = {
    "child.age_below": frozenset({"years"}),
    **dict.fromkeys(
        (
            "timeliness.referral_not_made.detention",
            "timeliness.referral_not_made.suspect_interview",
            "timeliness.referral_not_made.red",
            "timeliness.referral_not_made.amber",
            "timeliness.decision_overdue.limit",
            "timeliness.referrer_not_told.limit",
            "timeliness.assessment_overdue.limit",
            "timeliness.conference_overdue.limit",
            "timeliness.support_not_started.limit",
        ),
        frozenset({"hours", "days", "working-days"}),
    ),
    **dict.fromkeys(
        (
            "cumulative_harm.not_recognised.limit",
            "oversight.not_reviewed.limit",
            "oversight.returned_not_mended.limit",
            "equity.exploitation_not_screened.limit",
            "equity.no_appropriate_adult.limit",
        ),
        frozenset({"hours", "days", "working-days"}),
    ),
    **dict.fromkeys(
        ("lateness.recorded.limit", "lateness.sent.limit"), frozenset({"hours", "days"})
    ),
    "completeness.reason_unclear.words": frozenset({"words"}),
    "cumulative_harm.not_recognised.incidents": frozenset({"incidents"}),
    "cumulative_harm.not_recognised.within": frozenset({"hours", "days"}),
    "cumulative_harm.repeated_no_further_action.decisions": frozenset({"decisions"}),
    "cumulative_harm.repeated_no_further_action.within": frozenset({"hours", "days"}),
    "training.not_in_date.valid": frozenset({"years"}),
    "equity.girl_hidden_harm.incidents": frozenset({"incidents"}),
    "equity.suspect_only.incidents": frozenset({"incidents"}),
    **dict.fromkeys(
        (
            "dip_sample.any",
            "dip_sample.no_further_action",
            "dip_sample.general_cid",
            "dip_sample.custody",
            "dip_sample.voluntary_interview",
            "dip_sample.girls",
            "dip_sample.minority_ethnic",
            "dip_sample.repeats",
            "dip_sample.repeats.referrals",
            "dip_sample.agreement.pairs",
        ),
        frozenset({"referrals"}),
    ),
    "dip_sample.repeats.within": frozenset({"hours", "days"}),
    "dip_sample.second_reader": frozenset({"percent"}),
}
"""Every number that a rule, or a dip sample, asks for, and the units that it may be stated in."""

LISTS = frozenset(
    {
        "completeness.information_missing.required",
        "completeness.placeholders",
        "training.not_in_date.courses",
        "training.not_in_date.units",
        "equity.adult_language.phrases",
    }
)
"""Every list that a rule, or the reader of referrals' words, asks for."""

LIST_CODES: Mapping[str, str] = {
    "completeness.information_missing.required": "information-element",
    "training.not_in_date.courses": "course",
    "training.not_in_date.units": "unit",
}
"""The code set of a list's values; of other lists a pack may only choose among the default's."""

READ_BY_INTAKE = frozenset({"completeness.placeholders"})
"""Lists that are applied before anybody knows the circumstances."""


def scope_of(
    numbers: Mapping[str, tuple[Line, ...]],
    lists: Mapping[str, tuple[ListLine, ...]],
    registry: Registry,
    codes: Mapping[str, Collection[str]],
) -> Scope:
    """Say what a local pack may set, and in which circumstances."""
    stated = {name: {word for line in own for word in line.values} for name, own in lists.items()}
    statute = {
        name: "set by statute"
        for name, lines in numbers.items()
        if any(line.standing == "statute" for line in lines)
    }
    return Scope(
        numbers=NUMBERS,
        lists={name: codes.get(LIST_CODES.get(name, ""), words) for name, words in stated.items()},
        circumstances={
            "agency": registry.agencies.keys(),
            "unit": codes.get("unit", ()),
            "grade": GRADES,
            "trigger": TRIGGERS.values(),
        },
        closed=statute | dict.fromkeys(READ_BY_INTAKE, "read by intake, the same for all"),
    )
