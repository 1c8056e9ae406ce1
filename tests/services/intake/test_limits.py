"""Limits: too much is refused with when to come back, and one sender's flood is its own."""

import asyncio

import pytest
from fastapi import FastAPI

from services.intake.limits import Backlog, Rates, TooMuch, Turns
from tests.services.conftest import Pool
from tests.services.intake.sending import Sender, child, detention, referral


def test_a_bucket_empties_and_fills_again() -> None:
    now = [0.0]
    rates = Rates(rate=10, burst=20, monotonic=lambda: now[0])
    rates.take("a", 20)
    with pytest.raises(TooMuch) as refusal:
        rates.take("a", 5)
    assert (refusal.value.status, refusal.value.seconds) == (429, 1)
    rates.take("b", 20)
    now[0] = 0.5
    rates.take("a", 5)


def test_a_batch_larger_than_the_burst_takes_a_full_bucket() -> None:
    rates = Rates(rate=10, burst=20, monotonic=lambda: 0.0)
    rates.take("a", 100)
    with pytest.raises(TooMuch):
        rates.take("a", 1)


async def test_turns_are_counted_by_agency() -> None:
    turns = Turns(at_once=1, waiting=2)
    async with turns.turn("a"):
        waiting = asyncio.create_task(_hold(turns, "a"))
        await asyncio.sleep(0)
        with pytest.raises(TooMuch):
            await _hold(turns, "a")
        await _hold(turns, "b")
        assert not waiting.done()
    await waiting


async def _hold(turns: Turns, agency: str) -> None:
    async with turns.turn(agency):
        pass


async def test_a_long_outbox_closes_the_door_until_it_is_shorter(
    police: Sender, app: FastAPI, intake_pool: Pool
) -> None:
    desk = app.state.desk
    desk.backlog = Backlog(bound=1)
    await police.batch([detention("C-1"), detention("C-2")])
    await desk.sample()
    answer = await police.post(detention("C-3"))
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    await intake_pool.execute("UPDATE outbox SET published_at = now()")
    await desk.sample()
    assert (await police.post(detention("C-3"))).status_code == 202


async def test_a_flood_of_one_sender_is_429_and_leaves_the_others_alone(
    police: Sender, school: Sender, app: FastAPI
) -> None:
    app.state.desk.rates = Rates(rate=1, burst=3, monotonic=lambda: 0.0)
    answers = [await police.post(detention(f"C-{n}")) for n in range(5)]
    assert [answer.status_code for answer in answers] == [202] * 3 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 0
    assert (await school.post(referral("R-1", "norfolk-school"))).status_code == 202


@pytest.mark.parametrize("together", [True, False])
async def test_one_posts_answer_does_not_wait_for_all_of_anothers_flood(
    police: Sender, school: Sender, *, together: bool
) -> None:
    sent = [detention(f"C-{n}", child=child(local_id=f"P-{n}")) for n in range(1_000)]
    flood = (
        [police.batch(sent[start : start + 50]) for start in range(0, len(sent), 50)]
        if together
        else [police.post(one) for one in sent]
    )
    tasks = [asyncio.create_task(one) for one in flood]
    while not any(task.done() for task in tasks):
        await asyncio.sleep(0)
    assert (await school.post(referral("R-1", "norfolk-school"))).status_code == 202
    assert sum(task.done() for task in tasks) <= len(tasks) / 2
    assert {answer.status_code for answer in await asyncio.gather(*tasks)} <= {200, 202}
