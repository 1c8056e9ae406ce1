"""What tests of alerts say of gaps and people, briefly."""

import tomllib
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from services.domain.alert_episodes import Belief
from services.domain.alert_policy import AlertPolicy
from services.domain.alert_policy_file import read_alert_policy
from services.domain.alert_words import WORDS, State, Word
from services.domain.alerts import Alert, assess
from services.domain.moments import moment
from services.domain.registry import Registry
from services.domain.rules.catalogue import CATALOGUE
from services.domain.working_days import Calendar

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
START = moment("2026-03-04T10:00:00Z")  # a Wednesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULE = "timeliness.referral_not_made"
CHILD, OTHER_CHILD = "c" * 32, "d" * 32


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((SCHEMAS / name).read_text(encoding="utf-8"))


@cache
def registry() -> Registry:
    return Registry.parse(read("agencies.toml"))


@cache
def policy() -> AlertPolicy:
    calendar = Calendar.parse(read("policy/bank-holidays.toml"))
    return read_alert_policy(
        read("policy/alerts.toml"), {rule.name for rule in CATALOGUE}, calendar
    )


def at(hours: float) -> datetime:
    """So many hours after the start of every story here."""
    return START + hours * HOUR


def belief(  # noqa: PLR0913 - a row, by name
    gap_id: str = "g1",
    opens: float = 0,
    closes: float | None = None,
    known: float = -100,
    until: float | None = None,
    *,
    child: str = CHILD,
    agency: str = "norfolk-police",
    rule: str = RULE,
    observed: bool = True,
) -> Belief:
    return Belief(
        gap_id=gap_id,
        child_ref=child,
        rule=rule,
        lesson="1",
        kind="gap",
        observed=observed,
        agency=agency,
        visible_to=("norfolk-school",),
        unit="custody",
        opens_at=at(opens),
        closes_at=None if closes is None else at(closes),
        known_from=at(known),
        known_to=None if until is None else at(until),
    )


def word(
    state: State, hours: float, *gap_ids: str, agency: str = "norfolk-police", reason: str = "done"
) -> Word:
    assert state in WORDS.values()
    return Word(
        (f"/{agency}/pages", f"{state}-{hours}"),
        agency,
        "custody",
        state,
        frozenset(gap_ids or ("g1",)),
        at(hours),
        reason if state == "resolved" else None,
    )


def alerts(
    beliefs: list[Belief], words: list[Word], hours: float, child: str = CHILD
) -> list[Alert]:
    said = sorted(words, key=lambda each: (each.at, each.key))
    return list(assess(child, beliefs, said, policy(), registry(), at(hours)).alerts)


def the_alert(beliefs: list[Belief], words: list[Word], hours: float) -> Alert:
    (found,) = alerts(beliefs, words, hours)
    return found


def told(alert: Alert) -> list[tuple[float, str, str | None, int]]:
    """The history: hours after the start, state, reason, step."""
    return [((one.at - START) / HOUR, one.state, one.reason, one.step) for one in alert.history]
