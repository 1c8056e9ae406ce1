"""What an awkward event costs grows with its size and not with the square of it."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from services.domain.moments import moment
from services.intake import reading, strict_json
from services.intake.candidates import MOST_FAULTS, Answer
from services.intake.judgement import LONGEST, MOST_REFS, Judgement
from services.intake.vault import Vault
from services.runtime.contracts import Contracts
from tests.services.intake.sending import Sender, child, detention, not_referred

NOW = moment("2026-03-04T00:00:00Z")
SCHEMAS = Path(__file__).resolve().parents[3] / "schemas"


@pytest.fixture
def judgement(contracts: Contracts) -> Judgement:
    return Judgement(contracts, Vault.of(bytes(32)))


def steps(work: Callable[[], object]) -> int:
    """Count the calls that a piece of work makes."""
    made = 0

    def count(_: FrameType, happening: str, __: object) -> None:
        nonlocal made
        made += happening in {"call", "c_call"}

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return made


def seconds(work: Callable[[], object]) -> float:
    """Return what a piece of work takes of the processor, at best."""
    best = float("inf")
    for _ in range(5):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return best


def wrong(count: int) -> bytes:
    """An event with so many wrong indicators, and as many numbers that are none."""
    sent = detention()
    sent["data"]["indicators"] = ["x"] * count
    sent["data"]["station"] = "@@"
    nans = "[" + ",".join(["NaN"] * count) + "]"
    return json.dumps(sent).replace('"@@"', nans).encode()


def judged(judgement: Judgement, body: bytes) -> Answer:
    answer = judgement.judge(reading.one(body), "norfolk-police", NOW)
    assert isinstance(answer, Answer)
    return answer


def test_many_faults_beside_many_flaws_cost_no_more_than_their_number(judgement: Judgement) -> None:
    few, many = wrong(100), wrong(1_600)
    judged(judgement, few)
    cost = steps(lambda: judged(judgement, few))
    assert steps(lambda: judged(judgement, many)) < 16 * 2 * cost


def test_of_very_many_faults_the_first_are_listed_and_that_there_are_more(
    judgement: Judgement,
) -> None:
    errors = judged(judgement, wrong(4_000)).errors
    assert len(errors) == MOST_FAULTS + 1
    assert (errors[-1].pointer, errors[-1].code) == ("", "more-faults")
    assert "more-faults" not in {fault.code for fault in errors[:-1]}


async def test_source_and_id_are_not_repeated_though_their_faults_are_no_more_listed(
    police: Sender,
) -> None:
    sent = detention(source="/norfolk-police/" + "x y" * 50)
    sent["data"]["indicators"] = ["x"] * 1_000
    [item] = (await police.batch([sent])).json()["receipts"]
    assert item["source"] is None


def test_a_flaw_hides_what_the_schema_says_of_its_place_and_below(judgement: Judgement) -> None:
    sent = detention()
    sent["data"]["appropriate_adult"] = {"called_at": "@@"}
    answer = judged(judgement, json.dumps(sent).replace('"@@"', "NaN").encode())
    assert [(fault.pointer, fault.code) for fault in answer.errors] == [
        ("/data/appropriate_adult/called_at", "not-a-number")
    ]


def test_many_keys_stated_twice_cost_no_more_than_their_number() -> None:
    def body(count: int) -> bytes:
        keys = [f'"k{number}":1' for number in range(count)]
        return ("{" + ",".join([*keys, '"k0":2']) + "}").encode()

    few, many = body(1_000), body(16_000)
    cost = seconds(lambda: strict_json.parse(few))
    assert seconds(lambda: strict_json.parse(many)) < 16 * 5 * cost


def test_identity_that_is_longer_than_allowed_is_not_looked_into(judgement: Judgement) -> None:
    def body(count: int) -> bytes:
        names = [chr(97 + n % 26) + chr(97 + n // 26) + "x" for n in range(count)]
        who = child(given_name=" ".join(names), family_name="-".join(names))
        return json.dumps(detention(child=who, time="2030-01-01T00:00:00Z")).encode()

    few, many = body(16), body(256)
    cost = steps(lambda: judged(judgement, few))
    assert steps(lambda: judged(judgement, many)) < 16 * 2 * cost


def test_of_more_refs_than_allowed_only_the_first_are_looked_into(judgement: Judgement) -> None:
    sent = not_referred([f"Quillfeather-{number}" for number in range(2 * MOST_REFS)])
    sent["data"]["child"] = child(family_name="Quillfeather")
    candidate = judgement._faults(reading.one(json.dumps(sent).encode()), "norfolk-police", NOW)  # noqa: SLF001 - before they are cut
    found = [fault for fault in candidate if fault.code == "identity-in-reference"]
    assert 100 < len(found) <= MOST_REFS


def test_no_ref_that_the_schemas_allow_is_too_long_or_too_many_to_be_looked_at() -> None:
    definitions = json.loads((SCHEMAS / "events/definitions.json").read_text())["$defs"]
    assert definitions["triggers"]["maxItems"] + 20 <= MOST_REFS
    assert definitions["event-id"]["maxLength"] <= LONGEST
    assert definitions["ref"]["maxLength"] <= LONGEST
    assert max(_lengths(definitions["child"])) <= LONGEST


def _lengths(schema: Any) -> list[int]:  # noqa: ANN401 - whatever a schema holds
    if isinstance(schema, dict):
        own = [schema["maxLength"]] if isinstance(schema.get("maxLength"), int) else []
        return own + [length for part in schema.values() for length in _lengths(part)]
    return []
