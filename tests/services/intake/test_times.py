"""Which times does intake take, and which does it refuse as nothing could be judged by them?"""

import pytest

from tests.services.conftest import Pool
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import Event, Sender, child, detention, event, training

RECEIVED = "social-care.referral-received.v1"


def received(system: str, time: str, kind: str = RECEIVED) -> Event:
    """A fact of which only the day is known, without a practitioner as in a census."""
    sent = event("norfolk-csc", kind, {"referral_ref": "R-1", "time_precision": "day"}, time=time)
    sent["source"] = f"/norfolk-csc/{system}"
    del sent["data"]["practitioner"]
    return sent


async def faults(sender: Sender, sent: Event) -> list[tuple[str, str]]:
    answer = await sender.post(sent)
    return [(error["pointer"], error["code"]) for error in answer.json().get("errors", [])]


@pytest.mark.parametrize(
    ("time", "found"),
    [
        ("1926-03-03T22:10:00Z", [("/time", "before-calendar")]),
        ("1969-12-31T22:59:59Z", [("/time", "before-calendar")]),
        ("1969-12-31T23:00:00Z", []),  # London was an hour ahead all the year round
        ("1970-01-01T00:00:00Z", []),
    ],
)
async def test_nothing_is_taken_from_before_the_calendar(
    police: Sender, time: str, found: list[tuple[str, str]]
) -> None:
    born = child(date_of_birth="1960-01-01")
    assert await faults(police, detention(time=time, child=born)) == found


async def test_a_time_in_small_letters_is_the_same_time(police: Sender, intake_pool: Pool) -> None:
    sent = detention(time="2026-03-03t22:10:00.5z")
    assert (await police.post(sent)).status_code == 202
    assert (await police.post(sent | {"time": "2026-03-03T22:10:00.5Z"})).status_code == 200
    assert (await police.post(detention(time="2026-03-03t22:10:00+01:00"))).status_code == 202
    assert await intake_pool.fetchval("SELECT count(*) FROM event") == 2
    for wrong in ("2026-03-03x22:10:00z", "now", "2026-03-03t22:10:00"):
        assert await faults(police, detention(time=wrong)) == [("/time", "bad-format")]


@pytest.mark.parametrize("time", ["2026-03-03T00:00:00Z", "2026-07-03T00:00:00+01:00"])
async def test_the_census_may_state_a_day(social_care: Sender, time: str) -> None:
    assert await faults(social_care, received("cin-census", time)) == []


@pytest.mark.parametrize("time", ["2026-03-03T12:00:00Z", "2026-07-03T00:00:00Z"])
async def test_a_day_of_the_census_begins_at_midnight_in_london(
    social_care: Sender, time: str
) -> None:
    wrong = [("/data/time_precision", "day-not-allowed")]
    assert await faults(social_care, received("cin-census", time)) == wrong


async def test_nobody_else_states_a_mere_day(social_care: Sender, police: Sender) -> None:
    wrong = ("/data/time_precision", "day-not-allowed")
    assert await faults(social_care, received("cases", "2026-03-03T00:00:00Z")) == [wrong]
    for system in ("records", "cin-census"):
        sent = detention(time="2026-03-03T00:00:00Z", source=f"/norfolk-police/{system}")
        sent["data"]["time_precision"] = "day"
        assert await faults(police, sent) == [wrong]


async def test_only_social_care_need_not_name_who_did_it(senders: Senders) -> None:
    sent = training() | {"source": "/norfolk-police/cin-census"}
    del sent["data"]["practitioner"]
    missing = [("/data/practitioner", "required")]
    assert await faults(senders("norfolk-police"), sent) == missing
