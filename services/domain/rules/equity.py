"""Was the child seen as a child? The family `equity` (contract.md 3 and 3.1), but for language."""

from collections.abc import Iterator
from itertools import chain
from operator import attrgetter

from services.domain import events as e
from services.domain.chronology import Folded
from services.domain.events import Event
from services.domain.incidents import Incident
from services.domain.policy import Policy
from services.domain.rules.appropriate_adult import ARRIVAL_CLOSES, no_appropriate_adult
from services.domain.rules.rule import (
    Closure,
    Rule,
    Shortfall,
    by_until,
    closure,
    earliest,
    follower,
)

EXPOSURES = frozenset({e.EXPOSED})
CONTACTS = frozenset({e.DETAINED, e.INTERVIEWED})

SCREENING_CLOSES = (e.MADE, e.AMENDED)
REFERRAL_CLOSES = (e.MADE,)
NAMING_CLOSES = (e.MADE, e.AMENDED)

VIOLENCE = frozenset({"serious-youth-violence", "knife"})
EXPLOITATION = frozenset({"criminal-exploitation", "sexual-exploitation", "county-lines"})


# [24 h] after an event with an indicator; one per incident, from its first event with an indicator.
# Closed by a `referral.made` or `.amended` stating `screening.exploitation` = done at or after that
# event, or satisfied by an earlier referral with `done` that names its ref; a trigger added by
# amendment satisfies from that amendment.
def exploitation_not_screened(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the incidents with an indicator after which nobody screened for exploitation in time."""
    for incident in folded.incidents(policy.is_child):
        anchor = next((each for each in incident.events if each.stated("indicators")), None)
        if anchor is None:
            continue
        clock = policy.deadline("equity.exploitation_not_screened.limit", anchor.time, anchor)
        named, answers = folded.once(_screened_by_ref), folded.once(_screenings)
        naming = chain.from_iterable(named.get(ref, ()) for _, ref in incident.refs)
        yield Shortfall(
            judged=incident.name,
            anchor=anchor,
            agency=anchor.agency,
            opens_at=clock.at,
            forgives=clock.forgives,
            closed=earliest([follower(anchor.time, answers), *naming]),
            code="exploitation_not_screened",
            clock=clock,
        )


def _said(folded: Folded) -> Iterator[Event]:
    """Every making and amending of a referral that stands."""
    return chain.from_iterable(referral.counting for referral in folded.referrals.values())


def _screened(event: Event) -> bool:
    return event.part("screening").get("exploitation") == "done"


def _screenings(folded: Folded) -> list[Event]:
    """Find what states that exploitation was screened for, in `by_until` order."""
    return by_until(each for each in _said(folded) if _screened(each))


def _screened_by_ref(folded: Folded) -> dict[str, list[Closure]]:
    """Find when each referral that had screened for exploitation named each ref."""
    named: dict[str, list[Closure]] = {}
    for referral in folded.referrals.values():
        said = referral.counting
        done = [event for event in said if _screened(event)]
        for event in said if done else ():
            both = max(event, done[0], key=attrgetter("order"))
            for ref in event.triggers:
                named.setdefault(ref, []).append((both.time, both))
    return named


# At an exposure with `serious-youth-violence` or `knife` and `treated_as_safeguarding` false; only
# an explicit false counts, whatever the grade; once per incident.
# Closed by any referral at or after it.
def violence_not_safeguarding(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the exposures to violence that were not treated as safeguarding."""
    if not folded.of_type(e.EXPOSED):
        return
    referrals = by_until(_referrals(folded))
    for incident in folded.incidents(policy.is_child):
        anchor = next((each for each in incident.events if _not_safeguarding(each)), None)
        if anchor is not None:
            yield Shortfall(
                judged=incident.name,
                anchor=anchor,
                agency=anchor.agency,
                opens_at=anchor.time,
                closed=follower(anchor.time, referrals),
                code="violence_not_safeguarding",
            )


def _referrals(folded: Folded) -> Iterator[Event]:
    """Every making of a referral that stands."""
    return chain.from_iterable(referral.standing for referral in folded.referrals.values())


def _not_safeguarding(event: Event) -> bool:
    return (
        event.type == e.EXPOSED
        and event.facts.get("treated_as_safeguarding") is False
        and not VIOLENCE.isdisjoint(event.stated("harms"))
    )


# Query: a girl with [2] indicators over distinct incidents and no referral naming criminal or
# sexual exploitation or county lines. At the 2nd distinct incident with at least one indicator,
# even the same one; it opens at that incident's first event; once per child; sex is the last
# stated.
# Closed by a referral or amendment, earlier or later, whose `harms` name one of them.
def girl_hidden_harm(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the girls who show signs of exploitation that no referral names."""
    if _sex(folded) != "F":
        return
    found = [each for each in folded.incidents(policy.is_child) if _indicated(each)]
    named = (each for each in _said(folded) if not EXPLOITATION.isdisjoint(each.stated("harms")))
    yield from _query("girl_hidden_harm", found, closure(named), policy)


def _sex(folded: Folded) -> str | None:
    stated = (each.part("child").get("sex") for each in reversed(folded.events))
    return next((sex for sex in stated if isinstance(sex, str)), None)


def _indicated(incident: Incident) -> bool:
    return any(event.stated("indicators") for event in incident.events)


# Query: a child with an indicator whose every involvement is suspect [at the 2nd such incident],
# and no referral. A detention is involvement as suspect; events without involvement are ignored; at
# the 2nd distinct suspect incident that itself carries an indicator, if no other involvement and no
# referral came before; once per child; later involvement of another kind does not close it.
# Closed by any referral.
def suspect_only(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the children who show signs of exploitation and were only ever seen as suspects."""
    found = [
        each
        for each in folded.incidents(policy.is_child)
        if _indicated(each) and any(_involvement(event) == "suspect" for event in each.events)
    ]
    other = next(
        (each for each in folded.events if _involvement(each) not in (None, "suspect")), None
    )
    for query in _query("suspect_only", found, closure(_referrals(folded)), policy):
        if other is None or query.anchor.order < other.order:
            yield query


def _involvement(event: Event) -> str | None:
    return "suspect" if event.type == e.DETAINED else event.ref("involvement")


def _query(
    code: str, found: list[Incident], closed: Closure | None, policy: Policy
) -> Iterator[Shortfall]:
    """Ask once for each child, at the incident that makes the number of policy."""
    for place, incident in enumerate(found, start=1):
        anchor = incident.first
        if place >= policy.number(f"equity.{code}.incidents", anchor).value:
            yield Shortfall(
                judged=incident.name,
                anchor=anchor,
                agency=anchor.agency,
                opens_at=anchor.time,
                closed=closed,
                code=code,
                behind=tuple(each.first for each in found[: place - 1]),
                params={"incidents": place},
            )
            return


RULES = (
    Rule(
        "equity.exploitation_not_screened",
        "themes",
        "gap",
        1,
        SCREENING_CLOSES,
        e.INCIDENT_TYPES,
        exploitation_not_screened,
    ),
    Rule(
        "equity.violence_not_safeguarding",
        "themes",
        "gap",
        1,
        REFERRAL_CLOSES,
        EXPOSURES,
        violence_not_safeguarding,
    ),
    Rule(
        "equity.no_appropriate_adult",
        "themes",
        "gap",
        1,
        ARRIVAL_CLOSES,
        CONTACTS,
        no_appropriate_adult,
    ),
    Rule(
        "equity.girl_hidden_harm",
        "themes",
        "query",
        1,
        NAMING_CLOSES,
        e.INCIDENT_TYPES,
        girl_hidden_harm,
    ),
    Rule(
        "equity.suspect_only", "themes", "query", 1, REFERRAL_CLOSES, e.INCIDENT_TYPES, suspect_only
    ),
)
