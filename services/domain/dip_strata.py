"""To which strata of a dip sample does each referral of a month belong?"""

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime, time
from typing import Any

from services.domain import dip_sample as strata
from services.domain.chronology import Folded
from services.domain.dip_sample import Candidate, Stratum
from services.domain.events import DECIDED, DETAINED, INTERVIEWED, Event
from services.domain.moments import LONDON
from services.domain.policy import Policy
from services.domain.referrals import Referral

MAJORITY = "WBRI"
UNSTATED = frozenset({"REFU", "NOBT"})
DECEMBER = 12

Month = tuple[datetime, datetime]
"""When a month of London begins, and when the next."""


def month_of(year: int, number: int, months: int = 1) -> Month:
    """Return a month; with `months` as many, of which it is the last."""
    first = year * DECEMBER + number - 1
    return _begin(first - months + 1), _begin(first + 1)


def candidates(
    folded: Folded, policy: Policy, month: Month, agencies: Collection[str]
) -> Iterator[Candidate]:
    """Yield the referrals about a child that these agencies made in a month.

    A referral is of the month in which it was first made; a withdrawn one was not made. What other
    agencies said of the child decides nothing, but for sex and ethnicity, which are the child's.
    """
    own = [
        referral
        for referral in folded.referrals.values()
        if referral.standing and referral.standing[0].agency in agencies
    ]
    own.sort(key=lambda referral: referral.standing[0].order)
    sex, ethnicity = _last(folded, "sex", {"U"}), _last(folded, "ethnicity", UNSTATED)
    for place, referral in enumerate(own):
        made = referral.standing[0]
        if not (month[0] <= made.time < month[1] and policy.is_child(made)):
            continue
        until = own[: place + 1]
        yield Candidate(
            key=made.key,
            child_ref=folded.child_ref,
            referral_ref=referral.ref,
            agency=made.agency,
            made_at=made.time,
            strata=frozenset(
                (
                    Stratum(strata.ANY),
                    *_of_referral(folded, referral, agencies),
                    *_of_child(sex, ethnicity),
                    *_of_history(until, policy),
                )
            ),
            sex_known=sex is not None,
            ethnicity_known=ethnicity is not None,
        )


def _begin(months: int) -> datetime:
    year, before = divmod(months, DECEMBER)
    return datetime.combine(date(year, before + 1, 1), time(), tzinfo=LONDON)


def _last(folded: Folded, name: str, unstated: Collection[str]) -> str | None:
    """What the child, or a carer, last said of themselves."""
    said: Iterator[Any] = (each.part("child").get(name) for each in reversed(folded.events))
    return next((one for one in said if isinstance(one, str) and one not in unstated), None)


def _of_referral(
    folded: Folded, referral: Referral, agencies: Collection[str]
) -> Iterator[Stratum]:
    decided = [each for each in referral.of_type(DECIDED) if each.agency in agencies]
    if any(each.ref("decision") == "no-further-action" for each in decided):
        yield Stratum(strata.NO_FURTHER_ACTION)
    if referral.standing[0].unit == "general-cid":
        yield Stratum(strata.GENERAL_CID)
    set_off = [each for each in folded.set_off(referral.counting[-1]) if each.agency in agencies]
    for name, is_one in _TRIGGERS.items():
        if any(map(is_one, set_off)):
            yield Stratum(name)


def _in_custody(event: Event) -> bool:
    interviewed = event.type == INTERVIEWED and event.ref("basis") == "custody"
    return interviewed or event.type == DETAINED


def _voluntary(event: Event) -> bool:
    return event.type == INTERVIEWED and event.ref("basis") == "voluntary"


_TRIGGERS: dict[str, Callable[[Event], bool]] = {
    strata.CUSTODY: _in_custody,
    strata.VOLUNTARY_INTERVIEW: _voluntary,
}


def _of_child(sex: str | None, ethnicity: str | None) -> Iterator[Stratum]:
    if sex == "F":
        yield Stratum(strata.GIRLS)
    if ethnicity not in {None, MAJORITY}:
        yield Stratum(strata.MINORITY_ETHNIC, str(ethnicity))


def _of_history(until: list[Referral], policy: Policy) -> Iterator[Stratum]:
    """Whether the last of these is one of several within a time."""
    at = until[-1].standing[0].time
    within = policy.span("dip_sample.repeats.within", at)
    repeats = [each for each in until if at - each.standing[0].time <= within]
    if len(repeats) >= policy.number("dip_sample.repeats.referrals", at).value:
        yield Stratum(strata.REPEATS)
