"""Does every call answer every persona as the table says, of their own object and of another's?

`matrix.toml` is the table; how to add a call to it is said in `table.py`.
"""

from collections.abc import Mapping
from itertools import product
from typing import Any

import httpx
import pytest

from deploy.embedded.tokens import PERSONAS
from services.runtime import clock
from tests.access.people import PEOPLE, SANDBOX, bearer
from tests.access.table import Call, calls
from tests.access.world import KENT, NORFOLK, Object, World

CALLS = calls()
RELATIONS = ("own", "another")


@pytest.mark.parametrize(
    ("call", "persona", "relation"), list(product(CALLS, PEOPLE, RELATIONS)), ids=str
)
async def test_each_persona_is_answered_as_the_table_says(
    clients: Mapping[str, httpx.AsyncClient],
    objects: World,
    call: Call,
    persona: str,
    relation: str,
) -> None:
    expected = call.expected(persona, relation)
    for one in related(objects, persona, relation):
        answer = await answer_of(clients[call.service], call, persona, one)
        assert _as_expected(answer, expected, one), (expected, answer.status_code, answer.text)
        assert not leaked(answer, objects, persona)


@pytest.mark.parametrize("call", CALLS, ids=str)
async def test_a_test_agency_is_shown_nothing_of_anybody(
    clients: Mapping[str, httpx.AsyncClient], objects: World, call: Call
) -> None:
    for one in objects.values():
        answer = await answer_of(clients[call.service], call, SANDBOX, one)
        away = answer.status_code in call.table.values()  # 503: another service is not here
        assert answer.status_code < 500 or away
        assert not leaked(answer, objects, SANDBOX)


def related(objects: World, persona: str, relation: str) -> list[Object]:
    """The objects that are a persona's own, or another agency's."""
    own = _own(persona) or NORFOLK[:1]
    near = own if relation == "own" else [name for name in objects if name not in own]
    if relation == "another" and persona not in PERSONAS:
        near = KENT
    return [objects[name] for name in near]


def _own(persona: str) -> tuple[str, ...]:
    """The agencies whose objects a persona may see."""
    who = PERSONAS.get(persona)
    if who is None:
        return ()
    if who.role == "qa-reviewer":
        return NORFOLK
    return (who.agency,) if who.agency in NORFOLK else ()


async def answer_of(
    client: httpx.AsyncClient, call: Call, persona: str, one: Object
) -> httpx.Response:
    """Make a call about an object."""
    fields = {name: str(getattr(one, name)) for name in (*one.__slots__, "event", "reading")} | {
        "fresh": clock.new_ref(),
        "glass_id": clock.new_ref(),
    }
    asked: dict[str, Any] = call.request(fields)
    return await client.request(**asked | {"headers": asked["headers"] | bearer(persona)})


def _as_expected(answer: httpx.Response, expected: str | int, one: Object) -> bool:
    shown = any(mark in answer.text for mark in one.marks)
    if isinstance(expected, int):
        return answer.status_code == expected and not shown
    return answer.is_success and shown == (expected == "shown")


def leaked(answer: httpx.Response, objects: World, persona: str) -> list[str]:
    """The marks in an answer of objects that the persona may not see."""
    hidden = [one for name, one in objects.items() if name not in _own(persona)]
    return [mark for one in hidden for mark in one.marks if mark in answer.text]
