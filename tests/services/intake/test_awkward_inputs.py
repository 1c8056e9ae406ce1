"""Inputs that have broken others: each is refused clearly, and nothing sent is repeated."""

import json

import pytest

from tests.services.intake.sending import BATCH, STRUCTURED, Sender, detention, referral

MARK = "Zebulonia"


def spoiled(raw: str) -> bytes:
    """An event whose `station` is a raw piece of JSON, beside a mark that must not come back."""
    sent = detention()
    sent["data"]["station"] = "@@"
    sent["data"]["child"]["given_name"] = MARK
    return json.dumps(sent).replace('"@@"', raw).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ('"a\\u0000b"', "unsafe-character"),
        ('"\\ud800"', "unsafe-character"),
        ('"\\u202e"', "unsafe-character"),
        ('"\u202e"', "unsafe-character"),
        ('"\\u0007"', "unsafe-character"),
        ("NaN", "not-a-number"),
        ("-Infinity", "not-a-number"),
        ("1e400", "number-too-large"),
        ("9007199254740992", "number-too-large"),
        ("9" * 5000, "number-too-large"),
        ('"x", "station": "y"', "duplicate-key"),
        ("[" * 100 + "]" * 100, "too-deep"),
        ("true", "wrong-type"),
        ("3", "wrong-type"),
    ],
)
async def test_what_readers_would_read_differently_is_a_fault_at_its_place(
    police: Sender, raw: str, code: str
) -> None:
    answer = await police.send(spoiled(raw))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    errors = answer.json()["errors"]
    assert code in {error["code"] for error in errors}
    assert all(error["pointer"].startswith("/data/station") for error in errors)
    assert MARK not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + json.dumps(detention()).encode(),
        json.dumps(detention()).encode("utf-16"),
        json.dumps(detention()).encode("utf-16-le"),
        b'{"a": "\xff"}',
        b'{"a": 1',
        b"",
    ],
)
async def test_what_is_not_json_in_utf8_is_400(police: Sender, body: bytes) -> None:
    answer = await police.send(body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


async def test_malformed_json_is_placed_by_line_and_column(police: Sender) -> None:
    answer = await police.send(b'{\n  "id" 1}')
    (fault,) = answer.json()["errors"]
    assert (fault["line"], fault["column"]) == (2, 8)
    assert "Line 2, column 8." in fault["message"]


async def test_a_batch_of_brackets_is_refused_before_it_is_read(police: Sender) -> None:
    answer = await police.send(b"[" + b"[]," * 500_000 + b"[]]", BATCH)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-many-values")


async def test_nesting_that_would_exhaust_a_parser_is_refused(police: Sender) -> None:
    answer = await police.send(b"[" * 100_000 + b"]" * 100_000)
    assert answer.status_code == 422


@pytest.mark.parametrize("body", [b"null", b"3", b'"x"', b"[]"])
async def test_json_that_is_no_object_is_a_fault(police: Sender, body: bytes) -> None:
    answer = await police.send(body)
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_a_batch_that_is_no_list_is_a_fault(police: Sender) -> None:
    assert (await police.send(b"{}", BATCH)).status_code == 422


async def test_every_fault_is_named_at_once(police: Sender) -> None:
    sent = detention(time="2030-01-01T00:00:00Z", specversion="0.3")
    sent["data"] |= {"unheard_of": MARK, "appropriate_adult": {"called_at": "yesterday"}}
    del sent["data"]["practitioner"]
    answer = await police.post(sent)
    found = {(error["pointer"], error["code"]) for error in answer.json()["errors"]}
    assert found >= {
        ("/time", "in-the-future"),
        ("/specversion", "not-in-code-set"),
        ("/data/unheard_of", "unknown-field"),
        ("/data/practitioner", "required"),
        ("/data/appropriate_adult/called_at", "bad-format"),
    }
    assert MARK not in answer.text


@pytest.mark.parametrize(
    "time", ["2026-03-03T22:10:00", "2026-03-03", "now", "2026-02-30T10:00:00Z", 3, None]
)
async def test_a_time_needs_a_day_an_hour_and_an_offset(police: Sender, time: object) -> None:
    answer = await police.post(detention(time=time))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/time"


async def test_line_breaks_in_a_narrative_are_welcome(police: Sender) -> None:
    answer = await police.post(referral(why="First this.\r\n\tThen that, and more of it."))
    assert answer.status_code == 202


@pytest.mark.parametrize(
    "media",
    ["text/plain", "application/json", "application/cloudevents+json; charset=utf-16", ""],
)
async def test_other_content_types_are_415(police: Sender, media: str) -> None:
    answer = await police.send(json.dumps(detention()).encode(), media)
    assert answer.status_code == 415


async def test_a_large_event_is_413_alone_and_in_a_batch(police: Sender) -> None:
    large = referral()
    large["data"]["information"] = {"notes": ["x" * 10_000] * 30}
    assert (await police.post(large)).status_code == 413
    items = (await police.batch([large, detention("C-77")])).json()["receipts"]
    assert [item["status"] for item in items] == [413, 202]


async def test_a_batch_of_more_than_a_thousand_is_413(police: Sender) -> None:
    assert (await police.batch([{}] * 1001)).status_code == 413


async def test_a_batch_over_ten_megabytes_is_413(police: Sender) -> None:
    body = b'["' + b"x" * (10 * 1024 * 1024) + b'"]'
    assert (await police.send(body, BATCH)).status_code == 413


async def test_nobody_without_a_token_gets_in(police: Sender) -> None:
    answer = await police.http.post(
        "/v1/events", content=b"{}", headers={"Content-Type": STRUCTURED}
    )
    assert answer.status_code == 401


async def test_unicode_in_a_header_is_percent_decoded_and_then_judged(police: Sender) -> None:
    sent = detention(id="caf%C3%A9")
    headers = {f"ce-{k}": v for k, v in sent.items() if k != "data"}
    answer = await police.send(
        json.dumps(sent["data"]).encode(), "application/json", headers=headers
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/id"
