"""What of a child's year falls between chapters: the failings that only the whole year shows?

The pathways plant what one referral, review or wait owes. Here is planted what depends on the rest
of the life: whether any referral came after all, how incidents add up, who was trained when.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from deploy.demo.life import Incident, Life, Referral, at
from deploy.demo.office_days import london_day

_DAY = timedelta(hours=24)
_NO_FURTHER_ACTION = "no-further-action"
_HIDDEN_HARMS = frozenset({"criminal-exploitation", "sexual-exploitation", "county-lines"})


def plant_the_rest(life: Life) -> None:
    """Plant in a finished life every failing that depends on more than one of its chapters."""
    life.incidents.sort(
        key=lambda incident: (incident.first.time, incident.first.source, incident.first.id)
    )
    for plant in (
        _referral_not_made,
        _harm_not_recognised,
        _repeated_no_further_action,
        _returned_not_mended,
        _training,
        _not_screened,
        _violence,
        _girl,
        _suspect_only,
    ):
        plant(life)


def _referrals(life: Life) -> Iterable[tuple[Referral, datetime]]:
    """Yield the referrals that were made and count, with the moment of each."""
    return ((r, r.made.time) for r in life.referrals if r.made and r.counts)


def _made_from(life: Life, start: datetime) -> list[datetime | None]:
    return [made for _, made in _referrals(life) if made >= start]


def _referral_not_made(life: Life) -> None:
    for incident in life.incidents:
        if incident.owing:
            due, work = min(incident.owing, key=lambda owed: owed[0])
            named = [made for r, made in _referrals(life) if r.triggers & incident.refs]
            closers = [*_made_from(life, work.time), *named, *incident.answered_at]
            life.owe("timeliness.referral_not_made", work, due, closers)


def _harm_not_recognised(life: Life) -> None:
    """Third incident within 90 days: one thing owed at a time, until somebody sees it."""
    times = [incident.first.time for incident in life.incidents]
    seen = [t for r in life.referrals if r.counts for t in r.considered_at] + life.discussed_at
    recognised: datetime | None = None
    pending = False
    for incident, now in zip(life.incidents, times, strict=True):
        if pending and (recognised is None or recognised > now):
            continue
        pending = sum(now - 90 * _DAY <= t <= now for t in times) >= 3  # noqa: PLR2004 - the policy's
        if pending:
            recognised = min((t for t in seen if t >= now), default=None)
            life.owe("cumulative_harm.not_recognised", incident.first, now + _DAY, [recognised])


def _repeated_no_further_action(life: Life) -> None:
    """An incident after two closed doors within 365 days: one query at a time."""
    decided = [(t, r.ref, code) for r in life.referrals for t, code in r.decided]
    others = [t for t, _, code in decided if code != _NO_FURTHER_ACTION]
    closed: datetime | None = None
    pending = False
    for incident in life.incidents:
        now = incident.first.time
        if pending and (closed is None or closed > now):
            continue
        doors = {
            ref
            for t, ref, code in decided
            if code == _NO_FURTHER_ACTION and now - 365 * _DAY <= t < now
        }
        pending = len(doors) >= 2  # noqa: PLR2004 - the policy's
        if pending:
            closed = min((t for t in others if t >= now), default=None)
            life.owe("cumulative_harm.repeated_no_further_action", incident.first, now, [closed])


def _returned_not_mended(life: Life) -> None:
    for returned in life.returned:
        start = returned.review.time
        closers = [*returned.mended_at, *_made_from(life, start)]
        life.owe("oversight.returned_not_mended", returned.review, start + _DAY, closers)


def _training(life: Life) -> None:
    """One failing for each person and own ref, from when the person first met the child."""
    met = set()
    for said, ref, worker in sorted(life.handled, key=lambda h: (h[0].time, h[0].source, h[0].id)):
        if (worker.ref, ref) not in met and not worker.in_date(london_day(said.time)):
            met.add((worker.ref, ref))
            life.owe("training.not_in_date", said, said.time, [worker.next_trained(said.time)])


def _not_screened(life: Life) -> None:
    for incident in life.incidents:
        flagged = incident.flagged
        if flagged is None:
            continue
        screened = [
            t
            for r, _ in _referrals(life)
            for t in r.screened_at
            if t >= flagged.time or r.triggers & incident.refs
        ]
        life.owe("equity.exploitation_not_screened", flagged, flagged.time + _DAY, screened)


def _violence(life: Life) -> None:
    for incident in life.incidents:
        if incident.unsafe:
            start = incident.unsafe.time
            life.owe(
                "equity.violence_not_safeguarding", incident.unsafe, start, _made_from(life, start)
            )


def _flagged(life: Life) -> list[Incident]:
    return [incident for incident in life.incidents if incident.flagged]


def _girl(life: Life) -> None:
    flagged = _flagged(life)
    if life.child.sex == "F" and len(flagged) > 1:
        second = flagged[1].first
        named = [
            t
            for r in life.referrals
            if r.counts
            for t, harms in r.harms_at
            if harms & _HIDDEN_HARMS
        ]
        life.owe("equity.girl_hidden_harm", second, second.time, named)


def _suspect_only(life: Life) -> None:
    """The second incident as a suspect with an indicator; nothing else, no referral before."""
    suspected = [i for i in _flagged(life) if any(how == "suspect" for _, how in i.involved)]
    if len(suspected) < 2:  # noqa: PLR2004 - the policy's
        return
    second = suspected[1].first
    otherwise = any(
        how != "suspect" and t <= second.time for i in life.incidents for t, how in i.involved
    )
    if not otherwise and not any(made <= second.time for _, made in _referrals(life)):
        closers = [at(r.made) for r, _ in _referrals(life)]
        life.owe("equity.suspect_only", second, second.time, closers)
