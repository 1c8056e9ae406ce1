"""What does monitoring see of the last weeks' practice? On a real Postgres."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from services.chronology.handlers import Handlers
from services.domain.events import Event
from services.domain.policy import Policy
from services.ledger import lately
from services.ledger.handlers import keep
from services.runtime.contracts import Contracts
from tests.gaps import HOUR, MONDAY, gap, verdict
from tests.services.chronology.said import message
from tests.services.conftest import Pool

NOW = MONDAY + timedelta(days=3)
DAY = timedelta(days=1)
POLICE, CARE = "norfolk-police", "norfolk-csc"


@pytest.fixture(scope="session")
def policy(contracts: Contracts) -> Policy:
    return contracts.policy()


def said(
    kind: str, number: int, hours: float, *, child: int = 0, agency: str = POLICE, **facts: object
) -> Event:
    """Something said of a child, so many hours after Monday morning."""
    at = MONDAY + hours * HOUR
    return Event(
        source=f"/{agency}/records",
        id=f"{kind}-{number}-{child}",
        type=kind,
        time=at,
        received_at=at,
        agency=agency,
        record_ref=f"{child:032d}",
        staff_ref=f"{number:032d}",
        feature_version=1,
        revision=0,
        facts={"child": {"age": 15}, **facts},
    )


def detained(hours: float = 0, *, child: int = 0) -> Event:
    return said(
        "police.child-detained.v1", 1, hours, child=child, custody_ref=f"C-{child}",
        practitioner={"unit": "custody"},
    )  # fmt: skip


def made(hours: float, *, child: int = 0) -> Event:
    return said("referral.made.v1", 2, hours, child=child, referral_ref=f"R-{child}", triggers=[])


def answered(kind: str, hours: float, *, child: int = 0) -> Event:
    return said(
        f"social-care.{kind}.v1", 3, hours, child=child, agency=CARE, referral_ref=f"R-{child}"
    )


def taken_back(event: Event) -> Event:
    target: Mapping[str, str] = {"source": event.source, "id": event.id}
    return said("event.retracted.v1", 9, 60, retracts=target)


async def told(pool: Pool, *events: Event) -> None:
    await Handlers(pool, gather_ms=0).handle([message(one) for one in events])


def bucket(step: str, agency: str, hours: float) -> float | None:
    labels = {"step": step, "agency": agency, "le": str(int(hours * 3600))}
    return REGISTRY.get_sample_value("rw_practice_seconds_bucket", labels)


def shown(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


async def test_how_long_it_took_is_counted_from_what_asked_for_it(
    chronology_pool: Pool, ledger_pool: Pool, policy: Policy
) -> None:
    for child in range(7):
        await told(
            chronology_pool,
            detained(child=child),
            made(3, child=child),
            answered("referral-received", 4, child=child),
            answered("referral-decided", 20, child=child),
            answered("referrer-told", 70, child=child),
        )
    await lately.count(ledger_pool, policy, NOW)
    assert (bucket("referral", POLICE, 1), bucket("referral", POLICE, 4)) == (0, 7)
    assert (bucket("decision", CARE, 12), bucket("decision", CARE, 24)) == (0, 7)
    assert (bucket("feedback", CARE, 48), bucket("feedback", CARE, 72)) == (0, 7)
    assert shown("rw_triggers_unreferred", agency=POLICE) is None


async def test_what_was_sent_in_error_took_no_time_and_a_single_child_shows_as_five(
    chronology_pool: Pool, ledger_pool: Pool, policy: Policy
) -> None:
    await told(chronology_pool, detained(), made(3))
    await lately.count(ledger_pool, policy, NOW)
    assert bucket("referral", POLICE, 4) == 5
    await told(chronology_pool, taken_back(detained()))
    await lately.count(ledger_pool, policy, NOW)
    assert bucket("referral", POLICE, 4) is None


@pytest.mark.parametrize(
    ("then", "left"),
    [
        ([], 5),
        ([made(-1)], 5),
        ([made(3)], None),
        ([said("no-referral.decided.v1", 4, 3, triggers=["C-0"])], None),
        ([said("no-referral.decided.v1", 4, 3, triggers=["C-9"])], 5),
    ],
    ids=["nothing", "referred before", "referred", "decided against", "another decided against"],
)
async def test_a_trigger_is_left_until_a_referral_or_a_decision_against_it(
    chronology_pool: Pool, ledger_pool: Pool, policy: Policy, then: list[Event], left: int | None
) -> None:
    await told(chronology_pool, detained(), *then)
    await lately.count(ledger_pool, policy, NOW)
    assert shown("rw_triggers_unreferred", agency=POLICE) == left


async def test_shares_are_of_what_was_made_and_handled_and_of_more_than_a_few(
    chronology_pool: Pool, ledger_pool: Pool, policy: Policy
) -> None:
    await told(chronology_pool, *(detained(child=child) for child in range(10)))
    await told(chronology_pool, *(made(3, child=child) for child in range(5)))
    wanting = [
        gap(n, rule="training.not_in_date", agency=POLICE, opens_at=MONDAY) for n in range(3)
    ]
    await keep(ledger_pool, [], [verdict(*wanting)])
    await lately.count(ledger_pool, policy, NOW)
    assert shown("rw_handled_trained_share", agency=POLICE) == 0.7
    assert shown("rw_referrals_complete_share", agency=POLICE) is None  # of five
    await told(chronology_pool, *(made(3, child=child) for child in range(5, 10)))
    await lately.count(ledger_pool, policy, NOW)
    assert shown("rw_referrals_complete_share", agency=POLICE) == 1.0


async def test_what_opened_within_a_day_is_shown_by_the_childs_age(
    chronology_pool: Pool, ledger_pool: Pool, policy: Policy
) -> None:
    event = detained()
    await told(chronology_pool, event)
    lately_opened = gap(1, anchor=event.key, opens_at=NOW - HOUR)
    long_ago = gap(2, anchor=event.key, opens_at=NOW - 2 * DAY)
    unknown = gap(3, opens_at=NOW - HOUR)
    await keep(ledger_pool, [], [verdict(lately_opened, long_ago, unknown)])
    await lately.count(ledger_pool, policy, NOW)
    labels = {"rule": lately_opened.rule, "kind": "gap"}
    assert shown("rw_gaps_opened_by_age", **labels, age_band="14-to-15") == 5
    assert shown("rw_gaps_opened_by_age", **labels, age_band="unknown") == 5
    assert shown("rw_gaps_opened_by_age", **labels, age_band="10-to-13") is None


@pytest.mark.parametrize(
    ("age", "band"),
    [(9, "under-10"), (10, "10-to-13"), (13, "10-to-13"), (14, "14-to-15"), (16, "16-to-17"),
     (17, "16-to-17"), (18, "unknown"), (None, "unknown")],
)  # fmt: skip
def test_ages_have_bands(age: int | None, band: str) -> None:
    assert lately.band(age) == band
