"""What does one service of ours make of what another answers, asked for who is signed in?"""

from collections.abc import Callable

import httpx
import pytest
from joserfc.jwk import ECKey

from services.runtime.acting import Acting, Others, Refused
from services.runtime.auth import Caller
from services.runtime.guard import NotNow

MARY = Caller("mary", "norfolk-csc", "agency")
Answer = Callable[[httpx.Request], httpx.Response]


def others(answer: Answer, acting: Acting | None) -> Others:
    transport = httpx.MockTransport(answer)
    return Others(acting, {"intake": httpx.AsyncClient(transport=transport, base_url="http://i")})


@pytest.fixture
def acting() -> Acting:
    return Acting(ECKey.generate_key("P-256", {"kid": "one"}), "dashboards")


async def test_a_question_carries_a_token_and_its_parameters(acting: Acting) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(201, json={"receipt": "r"})

    told = await others(answer, acting).ask(
        MARY, "POST", "/v1/events", params={"a": "b"}, content={"c": 1}, media="application/x+json"
    )
    assert (told.status, told.content) == (201, {"receipt": "r"})
    (request,) = asked
    assert request.url.params["a"] == "b"
    assert (request.content, request.headers["content-type"]) == (b'{"c":1}', "application/x+json")
    assert request.headers["authorization"].startswith("Bearer ey")


async def test_what_is_not_json_is_given_as_it_is(acting: Acting) -> None:
    told = await others(lambda _: httpx.Response(200, text="a,b"), acting).ask(MARY, "GET", "/x")
    assert (told.content, told.body) == (None, b"a,b")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_what_may_pass_is_not_now(acting: Acting, status: int) -> None:
    with pytest.raises(NotNow, match="intake-away"):
        await others(lambda _: httpx.Response(status), acting).ask(MARY, "GET", "/x")


async def test_who_does_not_answer_is_away(acting: Acting) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(NotNow):
        await others(answer, acting).ask(MARY, "GET", "/x")


async def test_without_a_key_or_an_address_everybody_is_away(acting: Acting) -> None:
    with pytest.raises(NotNow):
        await others(lambda _: httpx.Response(200), None).ask(MARY, "GET", "/x")
    with pytest.raises(NotNow):
        await others(lambda _: httpx.Response(200), acting).ask(MARY, "GET", "/x", service="alerts")
    with pytest.raises(NotNow):
        await Others.told(None, "dashboards", {"intake": None}, 1.0).ask(MARY, "GET", "/x")


async def test_a_refusal_says_why_and_where(acting: Acting) -> None:
    fault = {"pointer": "/data", "code": "required"}
    problem = {"title": "The event is not right", "code": "invalid-event", "errors": [fault]}
    with pytest.raises(Refused) as refused:
        await others(lambda _: httpx.Response(422, json=problem), acting).ask(MARY, "GET", "/x")
    said = refused.value
    assert (said.status, said.code, said.title) == (422, "invalid-event", problem["title"])
    assert list(said.errors) == [fault]


async def test_a_refusal_without_a_word_is_named_by_its_status(acting: Acting) -> None:
    with pytest.raises(Refused) as refused:
        await others(lambda _: httpx.Response(404, text="?"), acting).ask(MARY, "GET", "/x")
    assert (refused.value.title, refused.value.code) == ("Not Found", "")
