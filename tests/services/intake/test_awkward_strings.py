"""Every awkward string in every text of every type of event: judged, not echoed, not logged."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.embedded.places import PROJECT
from services.domain.events import agency_of
from services.runtime import log
from tests.awkward import MARK, STRINGS
from tests.services.conftest import Pool
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import Sender

EXAMPLES = PROJECT / "schemas" / "events" / "examples"
OWN = "identity."
MOST = 500
NAMED = {"source": re.compile("/[a-z0-9-]+/[a-z0-9-]+"), "id": re.compile("[!-~]{1,200}")}
"""What an answer repeats, where it has the form of one: which event the answer is about."""

Path = tuple[str | int, ...]


SAID_BY = {"child.restricted.v1": "qa-reviewer"}
"""The role in which somebody says what an agency's system may not."""


def examples() -> dict[str, dict[str, Any]]:
    """The example of each type that states most."""
    found = {}
    for folder in sorted(EXAMPLES.iterdir()):
        if not folder.name.startswith(OWN):
            texts = [file.read_text(encoding="utf-8") for file in folder.glob("*.json")]
            found[folder.name] = json.loads(max(texts, key=len))
            if "child_ref" in found[folder.name]["data"].get("child", {}):
                found[folder.name]["data"]["child"] = {"local_id": "P-1", "given_name": "Ada"}
    return found


def texts(value: object, path: Path = ()) -> Iterator[Path]:
    """Every place in a value where a text stands."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from texts(item, (*path, place))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, (*path, key))


def put(event: dict[str, Any], path: Path, text: str, number: int) -> dict[str, Any]:
    """A copy of an event with a text at a place, under an id of its own."""
    copied: dict[str, Any] = json.loads(json.dumps(event))
    copied["id"] = f"awkward-{number}"
    inner: Any = copied
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = text
    return copied


def spoiled(event: dict[str, Any]) -> list[tuple[Path, dict[str, Any]]]:
    """Every awkward string at every text of an event, and as the name of one more field."""
    places = [(path, text) for path in texts(event) for text in STRINGS.values()]
    places += [((*parent, text), text) for parent in ((), ("data",)) for text in STRINGS.values()]
    return [(path, put(event, path, text, number)) for number, (path, text) in enumerate(places)]


@pytest.mark.parametrize("kind", examples())
async def test_no_awkward_string_breaks_a_door_or_comes_back(
    senders: Senders, kind: str, intake_pool: Pool, capfd: pytest.CaptureFixture[str]
) -> None:
    log.configure("intake")
    event = examples()[kind]
    sender = senders(agency_of(event["source"]), SAID_BY.get(kind, "agency"))
    events = spoiled(event)
    answers = [
        answer
        for start in range(0, len(events), MOST)
        for answer in await _answered(sender, [one for _, one in events[start : start + MOST]])
    ]
    assert len(answers) == len(events)
    assert [
        (path, answer)
        for (path, _), answer in zip(events, answers, strict=True)
        if answer["status"] >= 500 or MARK in json.dumps(_beside_names(answer))
    ] == []
    assert any(answer["status"] == 202 for answer in answers)
    captured = capfd.readouterr()
    assert MARK not in captured.out + captured.err
    kept = await intake_pool.fetch("SELECT value FROM outbox")
    assert [row["value"] for row in kept if not _only_in_refs(row["value"])] == []


def _beside_names(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without source and id, where they have the form of such."""
    return {
        name: said
        for name, said in answer.items()
        if name not in NAMED or not NAMED[name].fullmatch(said or "")
    }


async def _answered(sender: Sender, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answer = await sender.batch(events)
    assert answer.status_code == 200, answer.status_code
    receipts: list[dict[str, Any]] = answer.json()["receipts"]
    return receipts


def _only_in_refs(published: bytes) -> bool:
    """Whether the mark stands only in the sender's own refs, which may leave the vault."""
    left = json.loads(published)
    named = {"id", "source"} | {"triggers", "retracts", "of", "gap_id"}
    facts = left.pop("facts", {})
    rest = {
        name: said
        for name, said in {**left, **facts}.items()
        if name not in named and not name.endswith("_ref")
    }
    return MARK not in json.dumps(rest)
