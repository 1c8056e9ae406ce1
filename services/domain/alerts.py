"""How does an alert stand? Purely, from the gaps as believed, people's words, the policy and now.

An alert is what one agency owes one child by one rule, however many gaps it has. Its states: it
warns while the first gap is still to come; it is new while a gap is open that nobody has answered
for; then acknowledged, in hand, resolved. A word holds for the gaps that it names, for as long as
they stay open and as long as the policy says, so that nothing vanishes by being looked at once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from services.domain.alert_episodes import Belief, Episode, Group, episodes
from services.domain.alert_history import Moment, changes, climbed, climbs, round_start
from services.domain.alert_policy import AlertPolicy, Urgency
from services.domain.alert_words import STATES, Word, entitled, holding
from services.domain.registry import Registry

_NAMESPACE: Final = UUID("b0a4f6f2-6a1e-5f0e-8d3b-2f6c1d9e7a54")
_ENDED: Final = {"closed": "gap-closed", "withdrawn": "gap-withdrawn", "moved": "moved"}
NOT_DUE: Final = "no-longer-due"


def alert_id(group: Group) -> str:
    """Name an alert for ever; whoever does not know the child learns nothing from the name."""
    return str(uuid5(_NAMESPACE, "".join(f"{len(part)}:{part}" for part in group)))


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as it stands now, with all that led there.

    `round_at`: when it became new, last time; its ladder is climbed from there. `due_at`: by when
    it was owed, the earliest of the gaps that make the state. `climbs_at`: the next step, if any.
    """

    id: str
    group: Group
    lesson: str
    kind: str
    unit: str | None
    visible_to: tuple[str, ...]
    urgency: Urgency
    round_at: datetime
    due_at: datetime
    gap_ids: tuple[str, ...]
    climbs_at: datetime | None
    history: tuple[Moment, ...]

    @property
    def now(self) -> Moment:
        """How it stands."""
        return self.history[-1]


@dataclass(frozen=True, slots=True)
class Assessment:
    """Every alert that there is or was of a child; `next_at`: when one changes by itself."""

    alerts: tuple[Alert, ...]
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Found:
    """What was believed of a group's gaps, when each was seen to be open, and what was said."""

    group: Group
    rows: Sequence[Belief]
    episodes: Sequence[Episode]
    said: Sequence[Word]
    policy: AlertPolicy


def assess(  # noqa: PLR0913 - what the state machine is a function of
    child_ref: str,
    beliefs: Iterable[Belief],
    said: Sequence[Word],
    policy: AlertPolicy,
    registry: Registry,
    now: datetime,
) -> Assessment:
    """Say how a child's alerts stand.

    Args:
        child_ref: the child.
        beliefs: all that was ever believed of every gap that was ever this child's.
        said: people's words about this child, in order.
        policy: when to warn, how words hold, how ladders climb.
        registry: who may speak of whose alerts.
        now: nothing later is looked at.

    """
    alerts: list[Alert] = []
    coming: list[datetime] = []
    for group, (rows, of_gaps) in sorted(_groups(child_ref, beliefs, policy, now).items()):
        own = entitled(said, group.agency, registry)
        found = _Found(group, rows, of_gaps, own, policy)
        moments = sorted(set(_moments(found)))
        history = changes(_stand(found, at) for at in moments if at <= now)
        coming += [at for at in moments if at > now]
        if history:
            alerts.append(_alert(found, history, now))
            coming += [at for at in (alerts[-1].climbs_at,) if at is not None]
    return Assessment(tuple(alerts), min(coming, default=None))


def _groups(
    child_ref: str, beliefs: Iterable[Belief], policy: AlertPolicy, now: datetime
) -> Mapping[Group, tuple[list[Belief], list[Episode]]]:
    by_gap: dict[str, list[Belief]] = {}
    for belief in beliefs:
        if belief.known_from <= now:
            by_gap.setdefault(belief.gap_id, []).append(belief)
    found: dict[Group, tuple[list[Belief], list[Episode]]] = {}
    for rows in by_gap.values():
        for row in rows:
            if row.child_ref == child_ref and row.observed:
                found.setdefault(row.group, ([], []))[0].append(row)
        for episode in episodes(rows, policy.length("settling", now)):
            if episode.group in found:
                found[episode.group][1].append(episode)
    return found


def _alert(found: _Found, plain: Sequence[Moment], now: datetime) -> Alert:
    policy, last = found.policy, plain[-1]
    kind = found.rows[0].kind
    start = round_start(plain, policy.length("settling", now))
    shown = _shown(found, now)
    first = min(shown, key=lambda row: (row.opens_at, row.gap_id))
    steps = climbs(last.state, start, policy, kind)
    return Alert(
        id=alert_id(found.group),
        group=found.group,
        lesson=first.lesson,
        kind=kind,
        unit=first.unit,
        visible_to=tuple(sorted({one for row in shown for one in row.visible_to})),
        urgency=policy.urgency(found.group.rule, first.opens_at, start),
        round_at=start,
        due_at=first.opens_at,
        gap_ids=tuple(sorted({row.gap_id for row in shown})),
        climbs_at=next((at for at in steps if at > now), None),
        history=tuple(climbed(plain, policy, kind, now)),
    )


def _shown(found: _Found, at: datetime) -> list[Belief]:
    """The gaps that make the alert: those open, else those about to be, else the last there was."""
    opened = [one.belief for one in found.episodes if one.open(at)]
    warning = [row for row in found.rows if _warns(found, row, at)]
    return opened or warning or [max(found.rows, key=lambda row: (row.known_from, row.gap_id))]


def _moments(found: _Found) -> Iterator[datetime]:
    """Every moment at which an alert may change but for its ladder."""
    for row in found.rows:
        yield from (row.known_from, _warns_from(found, row))
        if row.known_to is not None:
            yield row.known_to
    for episode in found.episodes:
        yield episode.begins
        if episode.ends is not None:
            yield episode.ends
    for word in found.said:
        yield from (word.at, word.lapses(found.policy))


def _stand(found: _Found, at: datetime) -> Moment | None:
    """How an alert stands at a moment, as what was known then has it; None before it began."""
    opened = [one for one in found.episodes if one.open(at)]
    if opened:
        words = [holding(one, found.said, found.policy, at) for one in opened]
        held = [word for word in words if word is not None]
        if len(held) < len(words):
            return Moment(at, "new", gaps=len(opened))
        least = min(held, key=lambda word: (STATES.index(word.state), word.at, word.key))
        return Moment(at, least.state, least.reason, least.agency, least.unit, gaps=len(opened))
    if any(_warns(found, row, at) for row in found.rows):
        return Moment(at, "warning")
    return _ended(found, at)


def _warns_from(found: _Found, row: Belief) -> datetime:
    return max(row.opens_at - found.policy.length("warning", row.known_from), row.known_from)


def _warns(found: _Found, row: Belief, at: datetime) -> bool:
    return row.known(at) and _warns_from(found, row) <= at < row.opens_at


def _ended(found: _Found, at: datetime) -> Moment | None:
    """How an alert stands that has no open gap any more."""
    ended = [(one.ends, one) for one in found.episodes if one.ends is not None and one.ends <= at]
    if not ended:
        return Moment(at, "resolved", NOT_DUE) if _warned(found, at) else None
    ends, last = max(ended, key=lambda pair: (pair[0], pair[1].belief.gap_id))
    word = holding(last, [word for word in found.said if word.at <= ends], found.policy, ends)
    if word is not None and word.state == "resolved":
        return Moment(at, "resolved", word.reason, word.agency, word.unit)
    return Moment(at, "resolved", _ENDED[last.ending or "closed"])


def _warned(found: _Found, at: datetime) -> bool:
    """Whether there was a warning of a gap that, as it is believed now, did not come."""
    return any(
        row.known_to is not None and _warns_from(found, row) < min(row.known_to, row.opens_at) <= at
        for row in found.rows
    )
