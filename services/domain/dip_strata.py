"""To which strata of a dip sample does each referral of a month belong?"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime, time
from typing import Any, NamedTuple

from services.domain import dip_sample as strata
from services.domain.chronology import Folded
from services.domain.dip_sample import Candidate, Stratum
from services.domain.events import DECIDED, DETAINED, INTERVIEWED, Event
from services.domain.grades import Reading, readings
from services.domain.moments import LONDON
from services.domain.policy import Policy

MAJORITY = "WBRI"
UNSTATED = frozenset({"REFU", "NOBT"})
DECEMBER = 12

Month = tuple[datetime, datetime]
"""When a month of London begins, and when the next."""


class Made(NamedTuple):
    """A referral that stands, with all that strata of it follow from, whoever asks.

    `no_further_action`, `custody`, `voluntary_interview`: the agencies that said so. `lately`: the
    agency of each referral about the child that counts towards repeats, itself among them, of which
    so many (`repeats`) make one. `ethnicity`: None where it is not stated.
    """

    child_ref: str
    source: str
    event: str
    referral_ref: str
    agency: str
    made_at: datetime
    general_cid: bool
    no_further_action: list[str]
    custody: list[str]
    voluntary_interview: list[str]
    lately: list[str]
    repeats: int
    sex: str | None
    ethnicity: str | None
    read: list[Reading]
    lot: int

    def candidate(self, agencies: Collection[str]) -> Candidate:
        """Say of which strata it is to who is shown what these agencies did."""
        return Candidate(
            key=(self.source, self.event),
            child_ref=self.child_ref,
            referral_ref=self.referral_ref,
            agency=self.agency,
            made_at=self.made_at,
            strata=frozenset((Stratum(strata.ANY), *self._strata(agencies))),
            sex_known=self.sex is not None,
            ethnicity_known=self.ethnicity is not None,
        )

    def _strata(self, agencies: Collection[str]) -> Iterator[Stratum]:
        if self.general_cid:
            yield Stratum(strata.GENERAL_CID)
        for name in (strata.NO_FURTHER_ACTION, *_TRIGGERS):
            if any(agency in agencies for agency in getattr(self, name.replace("-", "_"))):
                yield Stratum(name)
        if self.sex == "F":
            yield Stratum(strata.GIRLS)
        if self.ethnicity not in {None, MAJORITY}:
            yield Stratum(strata.MINORITY_ETHNIC, str(self.ethnicity))
        if sum(agency in agencies for agency in self.lately) >= self.repeats:
            yield Stratum(strata.REPEATS)


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
    for made in referrals_made(folded, policy):
        if made.agency in agencies and month[0] <= made.made_at < month[1]:
            yield made.candidate(agencies)


def referrals_made(folded: Folded, policy: Policy) -> Iterator[Made]:
    """Yield every referral about a child that stands and was made when they were a child."""
    standing = [referral for referral in folded.referrals.values() if referral.standing]
    standing.sort(key=lambda referral: referral.standing[0].order)
    sex, ethnicity = _last(folded, "sex", {"U"}), _last(folded, "ethnicity", UNSTATED)
    for place, referral in enumerate(standing):
        made = referral.standing[0]
        if not policy.is_child(made):
            continue
        within = policy.span("dip_sample.repeats.within", made.time)
        so_far = [each.standing[0] for each in standing[: place + 1]]
        set_off = folded.set_off(referral.counting[-1])
        decided = referral.of_type(DECIDED)
        yield Made(
            child_ref=folded.child_ref,
            source=made.source,
            event=made.id,
            referral_ref=referral.ref,
            agency=made.agency,
            made_at=made.time,
            general_cid=made.unit == "general-cid",
            no_further_action=_by(decided, _no_further_action),
            custody=_by(set_off, _in_custody),
            voluntary_interview=_by(set_off, _voluntary),
            lately=[each.agency for each in so_far if made.time - each.time <= within],
            repeats=policy.number("dip_sample.repeats.referrals", made.time).value,
            sex=sex,
            ethnicity=ethnicity,
            read=readings(referral),
            lot=strata.lot_of(made.key),
        )


def _begin(months: int) -> datetime:
    year, before = divmod(months, DECEMBER)
    return datetime.combine(date(year, before + 1, 1), time(), tzinfo=LONDON)


def _last(folded: Folded, name: str, unstated: Collection[str]) -> str | None:
    """What the child, or a carer, last said of themselves."""
    said: Iterator[Any] = (each.part("child").get(name) for each in reversed(folded.events))
    return next((one for one in said if isinstance(one, str) and one not in unstated), None)


def _by(events: Iterable[Event], is_one: Callable[[Event], bool]) -> list[str]:
    """Name the agencies of these events, each once."""
    return sorted({event.agency for event in events if is_one(event)})


def _no_further_action(event: Event) -> bool:
    return event.ref("decision") == "no-further-action"


def _in_custody(event: Event) -> bool:
    interviewed = event.type == INTERVIEWED and event.ref("basis") == "custody"
    return interviewed or event.type == DETAINED


def _voluntary(event: Event) -> bool:
    return event.type == INTERVIEWED and event.ref("basis") == "voluntary"


_TRIGGERS = (strata.CUSTODY, strata.VOLUNTARY_INTERVIEW)
