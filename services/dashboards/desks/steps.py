"""How is a referral asked for, one thing a page? The steps, their fields, and what they become.

What is poor is warned of and never refused: a referral for a child in danger goes as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Kind = Literal["line", "text", "radios", "choose", "several", "date", "known"]
Answers = Mapping[str, Any]
URGENCY: Final = {
    "immediate": (
        "The child is in danger now",
        "Phone 999, or social care, first. Then send this.",
    ),
    "same-day": ("It must be looked at today", ""),
    "standard": ("It is not urgent today", ""),
}
UNKNOWN: Final = {
    "not-yet-known": "Not known yet",
    "refused": "They would not say",
    "not-applicable": "Does not apply",
    "would-increase-risk": "Asking would put the child at more risk",
}
SEX: Final = {"F": ("Female", ""), "M": ("Male", ""), "U": ("Not known", "")}
YES_NO: Final = {"yes": ("Yes", ""), "no": ("No", "")}
SCREENED: Final = {"done": ("Yes", ""), "not-done": ("No", "")}
NRM: Final = {
    "made": ("A referral to the National Referral Mechanism was made", ""),
    "not-needed": ("It was considered, and is not needed", ""),
    "not-considered": ("It has not been considered", ""),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked. `choices` are given here, or `codes` names a set of codes."""

    name: str
    label: str
    kind: Kind
    hint: str = ""
    choices: Mapping[str, tuple[str, str]] | None = None
    codes: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of its inputs in the form."""
        if self.kind == "date":
            return tuple(f"{self.name}-{part}" for part in ("day", "month", "year"))
        if self.kind == "known":
            return (self.name, f"{self.name}-unknown")
        return (self.name,)


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form; `first_only` ones are not asked again when a referral is amended."""

    id: str
    title: str
    fields: tuple[Field, ...]
    first_only: bool = False


def _known(*elements: tuple[str, str]) -> tuple[Field, ...]:
    return tuple(Field(f"info-{name}", label, "known") for name, label in elements)


STEPS: Final = (
    Step("urgency", "How urgent is it?", (
        Field("urgency", "How urgent is it?", "radios", choices=URGENCY),
        Field("sent_to", "Which area's social care is it for?", "choose", codes="area"),
    )),
    Step("child", "Who is the child?", (
        Field("local_id", "Your own record number", "line",
              "Leave it empty if you have none; we then make one."),
        Field("given_name", "Given names", "line"),
        Field("family_name", "Family name", "line"),
        Field("date_of_birth", "Date of birth", "date", "For example, 27 4 2011"),
        Field("sex", "Sex", "radios", choices=SEX),
        Field("ethnicity", "Ethnicity, as the child or family says", "choose", codes="ethnicity"),
        Field("postcode", "Postcode", "line"),
        Field("nhs_number", "NHS number", "line", "Ten digits, if you know it"),
        Field("upn", "Unique pupil number", "line", "13 characters, if you know it"),
    ), first_only=True),
    Step("harms", "What harm is it about?", (
        Field("harms", "What harm is it about?", "several", "Choose all that apply", codes="harm"),
    )),
    Step("why", "Why are you referring this child?", (
        Field("why", "Why are you referring this child?", "text",
              "What happened, in plain words, and what makes you act now"),
    )),
    Step("harm", "What is the harm to the child?", (
        Field("harm", "What is the harm to the child?", "text",
              "What has been done to the child, or is likely to be"),
    )),
    Step("evidence", "What was seen and heard?", (
        Field("evidence", "What was seen and heard?", "text", "By whom, and when"),
    )),
    Step("voice", "What does the child say?", (
        Field("voice_of_child", "What does the child say?", "text",
              "In the child's own words, and how the child seems. If you could not speak to the "
              "child, say why."),
    )),
    Step("ask", "What do you ask social care to do?", (
        Field("ask", "What do you ask social care to do?", "text"),
    )),
    Step("home", "Home and family", _known(
        ("address", "Where the child lives"), ("where_now", "Where the child is now"),
        ("immediate_safety", "Whether the child is safe now"),
        ("parents_or_carers", "Parents or carers"),
        ("siblings", "Brothers and sisters, and other children"),
    )),
    Step("around", "School, health and language", _known(
        ("school", "School or college"), ("gp", "General practitioner"),
        ("ethnicity", "Ethnicity and culture, as the child or family says"),
        ("language", "Language, and whether an interpreter is needed"),
        ("disability", "Disability and special needs"),
        ("known_workers", "Workers who know the child"),
    )),
    Step("done", "Consent, and what has been done", _known(
        ("consent", "Consent, or why it was not asked"),
        ("actions_taken", "What has been done already"),
    )),
    Step("history", "What happened before", (
        Field("considered", "Have you looked at earlier incidents?", "radios",
              "Harm adds up: three small things in three months may be one large one.",
              choices=YES_NO),
        Field("note", "What you found", "text"),
        Field("exploitation", "Was the child screened for exploitation?", "radios",
              choices=SCREENED),
        Field("nrm", "National Referral Mechanism", "radios",
              "For children who may have been trafficked", choices=NRM),
    )),
    Step("you", "What you are", (
        Field("role", "Your role", "choose", codes="role"),
    )),
)  # fmt: skip
BY_ID: Final = {step.id: step for step in STEPS}


def steps_of(kind: str) -> tuple[Step, ...]:
    """Return the steps of a referral, or of an amendment."""
    return tuple(step for step in STEPS if kind == "referral" or not step.first_only)


def following(kind: str, step: Step) -> Step | None:
    """Return the step after one; None after the last."""
    all_steps = steps_of(kind)
    place = all_steps.index(step) + 1
    return all_steps[place] if place < len(all_steps) else None


def begun(step: Step, answers: Answers) -> bool:
    """Say whether anything was answered in a step."""
    return any(answers.get(part) for field in step.fields for part in field.parts)
