"""Does every call on children's data leave exactly one row, and is nothing shown without it?"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping

import asyncpg
import httpx
import pytest

from tests.access.people import PEOPLE
from tests.access.record import (
    Connection,
    audited,
    of_several,
    refuse,
    rows,
    unless_empty,
    when_done,
)
from tests.access.table import STRANGERS, Call, Expected, calls
from tests.access.test_matrix import RELATIONS, answer_of, related
from tests.access.world import World
from tests.services.conftest import Dsn

CALLS = calls()
ON_RECORD = [call for call in CALLS if str(call) in {*audited(), *unless_empty()}]
NOT_DONE = {401, 403, 415, 422}
"""What is answered before anything is asked of the database."""


@pytest.fixture
async def owner(dsn: Dsn) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(dsn("postgres"))
    yield connection
    await connection.close()


@pytest.mark.parametrize("call", CALLS, ids=str)
async def test_each_call_leaves_the_rows_that_it_must_and_no_more(
    clients: Mapping[str, httpx.AsyncClient],
    objects: World,
    owner: Connection,
    call: Call,
) -> None:
    before = await rows(owner)
    for persona in PEOPLE:
        for relation in RELATIONS:
            for one in related(objects, persona, relation)[:1]:
                answer = await answer_of(clients[call.service], call, persona, one)
                after = await rows(owner)
                left = after - before
                due = _due(call, call.expected(persona, relation), answer)
                assert left == due, (persona, relation)
                before = after


@pytest.mark.parametrize("call", ON_RECORD, ids=str)
async def test_nothing_is_shown_and_nothing_kept_that_cannot_be_put_on_record(
    clients: Mapping[str, httpx.AsyncClient],
    objects: World,
    owner: Connection,
    call: Call,
) -> None:
    persona = next(p for p in PEOPLE if _done(call.expected(p, "own")) and p not in STRANGERS)
    one = related(objects, persona, "own")[0]
    kept = await _kept(owner)
    back = await refuse(owner)
    try:
        answer = await answer_of(clients[call.service], call, persona, one)
    finally:
        for grant in back:
            await owner.execute(grant)
    assert answer.status_code == 503
    assert not any(mark in answer.text for mark in one.marks)
    assert await _kept(owner) == kept


def _due(call: Call, expected: Expected, answer: httpx.Response) -> Counter[str]:
    """The rows that a call must leave."""
    if str(call) in unless_empty():
        shown = answer.is_success and answer.json()["items"]
        return Counter([unless_empty()[str(call)]] if shown else [])
    done = answer.is_success or answer.is_redirect
    if str(call) in when_done():
        return Counter([when_done()[str(call)]] if done else [])
    if str(call) in of_several():
        several = of_several()[str(call)]
        return Counter(several if done else several[:1] if answer.status_code == 404 else [])
    operation = audited().get(str(call))
    return Counter([operation] if operation is not None and _done(expected) else [])


def _done(expected: Expected) -> bool:
    return not isinstance(expected, int) or expected not in NOT_DONE


async def _kept(owner: Connection) -> tuple[int, ...]:
    tables = ("intake.event", "intake.outbox", "intake.import")
    return tuple([await owner.fetchval(f"SELECT count(*) FROM {table}") for table in tables])  # noqa: S608
