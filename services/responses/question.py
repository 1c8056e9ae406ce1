"""What may be entered? Every form and every JSON body, checked all at once."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from services.runtime.questions import MonthText

_SAFE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]*$"
"""What documents can hold: no control characters but tab and the ends of lines."""

Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=_SAFE),
]
Long = Annotated[str, StringConstraints(max_length=20_000, pattern=_SAFE)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")]
Web = Annotated[
    str, StringConstraints(max_length=1_000, pattern=r"^https?://[^\s\x00-\x1f\x7f\"<>\\^`{|}]+$")
]
Groups = Annotated[str, StringConstraints(pattern=r"^[a-z]{1,20}(,[a-z]{1,20})?$")]
Group = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9+. -]+$")
]
Kind = Literal["recommendation", "area-for-improvement", "lesson", "finding"]


def _in_sense(day: date) -> date:
    if not date(1996, 1, 1) <= day <= date(2099, 12, 31):
        raise ValueError("out of sense")
    return day


Day = Annotated[date, AfterValidator(_in_sense)]


class _Stated(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ItemStated(_Stated):
    """One thing that inspectors found."""

    kind: Kind
    text: Annotated[Long, StringConstraints(min_length=1)]
    lesson: Words | int | None = Field(
        None, description="The lesson that it belongs to, where the report or the office names one."
    )


class InspectionStated(_Stated):
    """A report of inspectors, as it is entered."""

    title: Words
    inspectorates: list[Words] = Field(min_length=1, max_length=20)
    published_on: Day
    stated_deadline_on: Day | None = Field(
        None, description="The deadline that the document itself states, whatever the Act gives."
    )
    forces: list[Words] = Field(min_length=1, max_length=60)
    link: Web | None = None
    link_text: Words | None = None
    publication_types: list[Words] = Field([], max_length=20)
    legal_basis_stated: Words | None = Field(
        None, description="As the report or the office states it; nothing is inferred."
    )
    key_findings: Long = ""
    items: list[ItemStated] = Field([], max_length=200)


class Amend(_Stated):
    """Change what was entered about the report, or add items to it."""

    kind: Literal["amend"]
    title: Words | None = None
    inspectorates: list[Words] | None = Field(None, min_length=1, max_length=20)
    published_on: Day | None = None
    stated_deadline_on: Day | None = None
    forces: list[Words] | None = Field(None, min_length=1, max_length=60)
    link: Web | None = None
    publication_types: list[Words] | None = Field(None, max_length=20)
    key_findings: Long | None = None
    items: list[ItemStated] | None = Field(None, max_length=200)


class Invite(_Stated):
    """Invite the chief officer to comment, by a date."""

    kind: Literal["invite-chief-officer"]
    on: Day
    comments_by: Day
    means: Words


class ChiefOfficer(_Stated):
    """What the chief officer has answered; an empty text: that there are no comments."""

    kind: Literal["chief-officer-comments"]
    on: Day
    text: Long


class Consult(_Stated):
    """Ask somebody else."""

    kind: Literal["consult"]
    name: Words
    on: Day


class ConsulteeAnswer(_Stated):
    """What somebody who was asked has said."""

    kind: Literal["consultee-answer"]
    name: Words
    on: Day
    note: Long


class InsertFigure(_Stated):
    """Freeze what a measure says at two dates."""

    kind: Literal["insert-figure"]
    item: Code | None = None
    measure: Code
    first: MonthText = Field(alias="from", description="The first month counted: YYYY-MM.")
    last: MonthText = Field(alias="to", description="The last month counted.")
    by: Groups | None = Field(None, description="One or two dimensions of the measure.")
    agency: Group | None = None
    area: Group | None = None
    unit: Group | None = None
    ethnicity: Group | None = None
    sex: Group | None = None
    age: Group | None = None
    as_of: datetime | None = None
    known_at: datetime | None = None


class RemoveFigure(_Stated):
    """Take a figure out again."""

    kind: Literal["remove-figure"]
    figure: Code


class Comment(_Stated):
    """What a person writes: of an item, of the whole, or in reply to the chief officer."""

    kind: Literal["comment"]
    on: Code = Field(description="opening, closing, reply, or the id of an item.")
    text: Long


class SetAction(_Stated):
    """An action, new or changed."""

    kind: Literal["set-action"]
    action: Code | None = Field(None, description="Of one that is there; none: a new one.")
    item: Code | None = None
    text: Words
    owner: Words | None = None
    due_on: Day | None = None
    judged_by: Words | None = Field(None, description="The measure by which it will be judged.")


class DropAction(_Stated):
    """Take an action out again, before it is published."""

    kind: Literal["drop-action"]
    action: Code


class Progress(_Stated):
    """How a promise stands, as a person says."""

    kind: Literal["progress"]
    action: Code
    on: Day
    standing: Literal["under-way", "met", "dropped"]
    text: Words


class MapMeasures(_Stated):
    """Which measures would show here what inspectors found there."""

    kind: Literal["map-measures"]
    item: Code
    measures: list[Code] = Field(max_length=10)


class Submit(_Stated):
    """Put what is there forward as a version, to be signed off."""

    kind: Literal["submit"]


class Return(_Stated):
    """Give a version back to be changed."""

    kind: Literal["return"]
    reason: Words


class SignOff(_Stated):
    """Sign a version off, as another person than wrote it."""

    kind: Literal["sign-off"]


class Done(_Stated):
    """One of the steps for office use, done."""

    kind: Literal["done"]
    id: Code
    on: Day
    reference: Words
    evidence: Web | None = None
    because: Words | None = Field(None, description="Why an earlier step is passed over.")


class Correct(_Stated):
    """Begin a new version of what is published."""

    kind: Literal["correct"]
    reason: Words


Step = Annotated[
    Amend | Invite | ChiefOfficer | Consult | ConsulteeAnswer | InsertFigure | RemoveFigure
    | Comment | SetAction | DropAction | Progress | MapMeasures | Submit | Return | SignOff | Done
    | Correct,
    Field(discriminator="kind"),
]  # fmt: skip


def content_of(step: BaseModel) -> dict[str, Any]:
    """Return what an entry keeps of a step; of an amendment only what it changes."""
    only_set = isinstance(step, Amend)
    return step.model_dump(mode="json", exclude={"kind"}, exclude_unset=only_set)
