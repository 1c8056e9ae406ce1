"""Does every service answer whatever is asked as its OpenAPI says? Generated cases, on the stack.

`make test` asks 500 times in all, `make fuzz` 10,000 (FUZZ_CASES says how often).
"""

import json
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from deploy.embedded.places import PROJECT
from deploy.embedded.stack import Stack
from deploy.embedded.tokens import PERSONAS
from tests.awkward import MARK, STRINGS

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
schemathesis.openapi.media_type(XLSX, st.binary())
CASES: Final = int(os.environ.get("FUZZ_CASES", "500"))
QUICK: Final = 500
FACES: Final = {
    file.stem: json.loads(file.read_text(encoding="utf-8"))
    for file in sorted((PROJECT / "schemas" / "openapi").glob("*.json"))
}
METHODS: Final = ("get", "post", "put", "patch", "delete")
OPERATIONS: Final = [
    (face, method, path)
    for face, described in FACES.items()
    for path, item in described["paths"].items()
    for method in METHODS
    if method in item
]
PARAMETERS: Final = [
    (face, path, parameter["in"], parameter["name"])
    for face, method, path in OPERATIONS
    for parameter in FACES[face]["paths"][path][method].get("parameters", ())
    if method == "get" and parameter["in"] in ("path", "query")
]
HOSTILE: Final = {
    "malformed": b'{"a": \n x',
    "nested": b"[" * 10_000 + b"]" * 10_000,
    "unclosed": b'{"a":' * 10_000,
    "null byte": b'{"a": "\x00"}',
    "escaped null": b'{"a": "zqawk\\u0000"}',
    "half pair": b'{"a": "zqawk\\ud800"}',
    "not a number": b'{"a": NaN, "b": -Infinity}',
    "too large a number": b'{"a": 1e400, "b": ' + b"9" * 5_000 + b"}",
    "keys twice": b'{"a": "zqawk", "a": "zqawk"}',
    "not utf-8": b'{"a": "\xff\xfe"}',
    "utf-16": '{"a": "zqawk"}'.encode("utf-16"),
    "nothing": b"",
    "text": b'"zqawk"',
    "a form": b"a=zqawk&a=%00&=%ff",
}
BODIES: Final = [
    (face, method, path, media)
    for face, method, path in OPERATIONS
    for media in FACES[face]["paths"][path][method].get("requestBody", {}).get("content", ())
]
CHECKED: Final = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def asked(stack: Stack) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.max_redirects = (
            1  # of which none is followed: with 0 the client will not look at one
        )
        yield session
    assert _logged(stack) == []


@pytest.mark.parametrize(("face", "method", "path"), OPERATIONS)
def test_every_answer_is_one_that_the_openapi_describes(
    stack: Stack, asked: requests.Session, face: str, method: str, path: str
) -> None:
    operation = schemathesis.openapi.from_dict(FACES[face])[path][method.upper()]
    tokens: dict[str, str] = stack.endpoints["tokens"]
    cases = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @settings(
        max_examples=max(1, CASES // len(OPERATIONS)),
        derandomize=CASES <= QUICK,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases, st.sampled_from([None, *PERSONAS]))
    def one(case: Case[Any], persona: str | None) -> None:
        headers = {"Authorization": f"Bearer {tokens[persona]}"} if persona else {}
        answer = case.call(
            base_url=stack.endpoints[face], session=asked, headers=headers, allow_redirects=False
        )
        case.validate_response(answer, checks=CHECKED)

    one()


@pytest.mark.parametrize(("face", "path", "place", "name"), PARAMETERS)
async def test_no_awkward_string_in_any_parameter_breaks_a_service_or_comes_back(
    stack: Stack, face: str, path: str, place: str, name: str
) -> None:
    told: list[tuple[str, int]] = []
    async with httpx.AsyncClient(base_url=stack.endpoints[face]) as client:
        for persona, (which, text) in _turns(PARAMETERS.index((face, path, place, name))):
            bearer = {"Authorization": f"Bearer {stack.endpoints['tokens'][persona]}"}
            answer = await client.get(_address(path, place, name, text), headers=bearer)
            if answer.status_code >= 500 or _comes_back(answer, text):
                told.append((which, answer.status_code))
    assert told == []


@pytest.mark.parametrize(("face", "method", "path", "media"), BODIES)
async def test_no_hostile_body_breaks_a_service_or_comes_back(
    stack: Stack, face: str, method: str, path: str, media: str
) -> None:
    told: list[tuple[str, str, int]] = []
    async with httpx.AsyncClient(base_url=stack.endpoints[face]) as client:
        for persona in ("norfolk-police", "norfolk-csc", "qa-reviewer", "administrator"):
            bearer = {"Authorization": f"Bearer {stack.endpoints['tokens'][persona]}"}
            for which, body in HOSTILE.items():
                address = re.sub(r"\{\w+\}", "0" * 32, path)
                headers = {**bearer, "Content-Type": media}
                answer = await client.request(method, address, content=body, headers=headers)
                if answer.status_code >= 500 or MARK in answer.text:
                    told.append((persona, which, answer.status_code))
    assert told == []


@pytest.mark.parametrize(("face", "path"), sorted({(face, path) for face, _, path in OPERATIONS}))
def test_a_hundred_megabytes_are_refused_on_their_length_alone(
    stack: Stack, face: str, path: str
) -> None:
    where = urlsplit(stack.endpoints[face])
    with socket.create_connection((where.hostname or "", where.port or 0), 10) as line:
        line.sendall(
            f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n".encode()
        )
        assert line.recv(64).split(b" ", 2)[1] == b"413"


def _comes_back(answer: httpx.Response, text: str) -> bool:
    """Whether a value is echoed; a page may show people the filter that they chose, as text."""
    page = answer.headers.get("Content-Type", "").startswith("text/html")
    if page and answer.is_success:
        return "<" in text and text in answer.text
    return MARK in answer.text


def _turns(parameter: int) -> Iterator[tuple[str, tuple[str, str]]]:
    """A third of the strings, by turns, each by one persona; all by both where there is time."""
    for place, string in enumerate(STRINGS.items()):
        for turn, persona in enumerate(("qa-reviewer", "norfolk-police")):
            if CASES > QUICK or (place % 3 == parameter % 3 and place % 2 == turn):
                yield persona, string


def _address(path: str, place: str, name: str, text: str) -> str:
    """The address with a text in one parameter, and something harmless in the path's others."""
    encoded = quote(text.encode("utf-8", "surrogatepass"), safe="")
    filled = path.replace(f"{{{name}}}", encoded) if place == "path" else path
    filled = re.sub(r"\{\w+\}", "0" * 32, filled)
    return f"{filled}?{name}={encoded}" if place == "query" else filled


def _logged(stack: Stack) -> list[str]:
    """The logs that hold the mark."""
    logs: list[Path] = [path for path in stack.places.logs.rglob("*") if path.is_file()]
    return [path.name for path in logs if MARK.encode() in path.read_bytes()]
