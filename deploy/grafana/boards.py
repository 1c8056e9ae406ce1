"""What does each dashboard ask? One line a question; each is shown over time, and as a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Unit = Literal["short", "s", "percentunit", "reqps", "bytes", "bool"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question to Prometheus: what it is called, what it tells, and how its series are named."""

    title: str
    tells: str
    expr: str
    legend: str
    unit: Unit = "short"


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard: who it is for is in its words."""

    uid: str
    title: str
    tells: str
    questions: tuple[Question, ...]


SMALL: Final = "Counts of 1 to 5 are shown as 5."
LESSONS: Final = {
    "1": ("Lesson 1: referred in time, and harm that adds up", "timeliness|cumulative_harm"),
    "2": ("Lesson 2: referrals that say what is needed", "completeness"),
    "3": ("Lesson 3: somebody else has looked at it", "oversight"),
    "4": ("Lesson 4: who handles it is trained", "training"),
}
THEMES: Final = ("Themes: who is seen as a child", "equity")


def _owed(families: str) -> Iterator[Question]:
    """Ask what every lesson asks: what is owed now, since when, and by whom."""
    rules = f'rule=~"({families})[.].*", kind="gap"'
    yield Question(
        "Owed now, by rule",
        f"What is owed to children and not done, at this moment. {SMALL}",
        f"sum by (rule) (rule:rw_gaps_open:sum{{{rules}}})",
        "{{rule}}",
    )
    yield Question(
        "Owed now, by agency",
        f"The same by who owes it. {SMALL}",
        f"sum by (agency) (rule:rw_gaps_open:sum{{{rules}}})",
        "{{agency}}",
    )
    yield Question(
        "Owed now, by how long",
        f"What has been open for longer than 28 days is what nobody looks at any more. {SMALL}",
        f"sum by (open_for) (max without (instance, process) (rw_gaps_open{{{rules}}}))",
        "{{open_for}}",
    )
    yield Question(
        "Became overdue within a day",
        f"What has opened within the last 24 hours, by rule. {SMALL}",
        f"sum by (rule) (rule:rw_gaps_opened_lately:max{{{rules}}})",
        "{{rule}}",
    )
    yield Question(
        "Owed and not yet due",
        f"What can still be done in time. {SMALL}",
        f"sum by (rule) (max by (rule, agency) (rw_gaps_upcoming{{{rules}}}))",
        "{{rule}}",
    )


def _share(title: str, tells: str, metric: str) -> Question:
    return Question(title, tells, f"max by (agency) ({metric})", "{{agency}}", "percentunit")


OF_A_LESSON: Final[dict[str, tuple[Question, ...]]] = {
    "1": (
        Question(
            "Half of them took at most",
            "Of 28 days: from what asked for it to a referral; from received, else made, to a "
            "decision and to feedback.",
            "step:rw_practice_seconds:p50",
            "{{step}} {{agency}}",
            "s",
        ),
        Question(
            "Nine in ten took at most",
            "The same for the slowest tenth, which is where children wait.",
            "step:rw_practice_seconds:p90",
            "{{step}} {{agency}}",
            "s",
        ),
        Question(
            "Neither referred nor decided against",
            f"What asked for a referral within 28 days, due or not yet due. {SMALL}",
            "max by (agency) (rw_triggers_unreferred)",
            "{{agency}}",
        ),
    ),
    "2": (
        _share(
            "Referrals with all that is required",
            "Of 28 days, and only where there were more than five.",
            "rw_referrals_complete_share",
        ),
    ),
    "3": (
        Question(
            "Reviews owed",
            f"By somebody else than who did the work: in time, or overdue. {SMALL}",
            "max by (agency, state) (rw_reviews)",
            "{{agency}} {{state}}",
        ),
    ),
    "4": (
        _share(
            "Handled by somebody trained",
            "Of what units that must hold the training handled within 28 days.",
            "rw_handled_trained_share",
        ),
    ),
}
OVERVIEW: Final = Board(
    "rw-overview",
    "Referral Watch: overview",
    "What is owed to children now, who owes it, and whether what we see is whole.",
    (
        Question(
            "Owed now, by agency",
            f"Gaps open at this moment, all rules. {SMALL}",
            'sum by (agency) (rule:rw_gaps_open:sum{kind="gap"})',
            "{{agency}}",
        ),
        Question(
            "Owed now, by rule",
            f"The same by what is owed. {SMALL}",
            'sum by (rule) (rule:rw_gaps_open:sum{kind="gap"})',
            "{{rule}}",
        ),
        Question(
            "Became overdue within a day, by the child's age",
            f"All agencies together. {SMALL}",
            'sum by (age_band) (max by (rule, age_band) (rw_gaps_opened_by_age{kind="gap"}))',
            "{{age_band}}",
        ),
        Question(
            "For a person to look at",
            f"Queries: the record raises a question, and gives no answer. {SMALL}",
            'sum by (rule) (rule:rw_gaps_open:sum{kind="query"})',
            "{{rule}}",
        ),
        Question(
            "Nobody would tell us",
            f"Missing data: not recorded is not the same as not done. {SMALL}",
            "sum by (agency) (max by (rule, agency) (rw_gaps_unobserved))",
            "{{agency}}",
        ),
        Question(
            "Gone quiet",
            "1 while an agency that usually sends at these hours does not.",
            "max by (agency) (rw_feed_silent)",
            "{{agency}}",
            "bool",
        ),
        Question(
            "Alerts not over",
            "By how they stand: who has not answered is a new one.",
            "sum by (state) (max by (agency, rule, state) (rw_alerts))",
            "{{state}}",
        ),
        Question(
            "Responses to inspections that are owed",
            "The PCC's, by how near the statutory day is.",
            "max by (due) (rw_responses_due)",
            "{{due}}",
        ),
    ),
)


def lessons() -> Iterator[Board]:
    """Yield a board for each lesson, and one for the themes beside them."""
    for number, (title, families) in LESSONS.items():
        questions = (*OF_A_LESSON[number], *_owed(families))
        yield Board(f"rw-lesson-{number}", title, "What the inspection asked for.", questions)
    title, families = THEMES
    overruled = Question(
        "Queries that a reviewer has overruled",
        "Many of one rule: the rule asks too often.",
        "max by (rule) (rw_queries_overruled)",
        "{{rule}}",
    )
    yield Board("rw-themes", title, "What runs through all lessons.", (*_owed(families), overruled))
