"""Does a story, posted as the agencies would, come out as the gaps that it tells of?"""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from services.runtime import clock
from tests.agencies import Agencies
from tests.crowd import nhs_number

Wire = dict[str, Any]

REFS = frozenset(
    (
        "custody_ref",
        "incident_ref",
        "interview_ref",
        "concern_ref",
        "referral_ref",
        "service_ref",
        "ref",
    )
)


def load(folder: Path) -> dict[str, Wire]:
    """Every story of a folder, by its file's name."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}


async def told(
    agencies: Agencies,
    story: Wire,
    families: Sequence[str],
    *,
    copies: int = 1,
    shuffle: bool = False,
) -> list[str]:
    """Post a story about a child of its own and compare; a line for each thing that is wrong."""
    tag = clock.new_ref()[:12]
    events = [_of_own_child(event, tag) for event in story["events"]]
    order = events * copies
    if shuffle:
        Random(tag).shuffle(order)  # noqa: S311 - nothing hidden rests on it
    for event in order:
        answer = await agencies.post(event)
        assert answer.status_code in (200, 202), answer.text
    await agencies.settled()
    found = await _gaps(agencies, events)
    wrong = _compare(
        story["gaps"], story["absent"], found, families, exact=story.get("exact", False)
    )
    if "then_retract" in story:
        wrong += await _retract(agencies, story, events, families)
    return wrong


async def _retract(
    agencies: Agencies, story: Wire, events: Sequence[Wire], families: Sequence[str]
) -> list[str]:
    known_at = clock.now().isoformat()
    await asyncio.sleep(1.1)
    target = events[story["then_retract"]]
    retraction = {
        **target,
        "id": f"{target['id']}-retracted",
        "type": "event.retracted.v1",
        "data": {
            "child": target["data"]["child"],
            "retracts": {"source": target["source"], "id": target["id"]},
            "practitioner": {"ref": "PC-1", "role": "clerk"},
            "reason": "entered against the wrong child",
        },
    }
    assert (await agencies.post(retraction)).status_code == 202
    await agencies.settled()
    after = await _gaps(agencies, events)
    before = await _gaps(agencies, events, known_at=known_at)
    return _compare([], story["then_absent"], after, families) + _compare(
        story["gaps"], [], before, families, exact=story.get("exact", False)
    )


async def _gaps(agencies: Agencies, events: Iterable[Wire], **query: str) -> list[Wire]:
    found = {}
    for event in events:
        for gap in await agencies.gaps(event=f"{event['source']}|{event['id']}", **query):
            found[gap["gap_id"]] = gap
    return list(found.values())


def _compare(
    expected: Iterable[Wire],
    absent: Iterable[str],
    found: Iterable[Wire],
    families: Sequence[str],
    *,
    exact: bool = False,
) -> list[str]:
    ours = [gap for gap in found if gap["rule"].split(".")[0] in families]
    wrong = [f"{gap['rule']} says no why" for gap in ours if len(gap["why"].split()) < 4]
    left = list(ours)
    for wanted in expected:
        if wanted["rule"].split(".")[0] not in families:
            continue
        match = next((gap for gap in left if _same(gap, wanted)), None)
        if match is None:
            wrong.append(f"missing {wanted}")
        else:
            left.remove(match)
    forbidden = set(absent)
    wrong += [f"{gap['rule']} should not be there" for gap in ours if gap["rule"] in forbidden]
    return wrong + ([f"more than told: {gap['rule']}" for gap in left] if exact else [])


def _same(gap: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return gap["rule"] == wanted["rule"] and all(
        _near(gap[end], wanted[end]) for end in ("opens_at", "closes_at")
    )


def _near(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs((datetime.fromisoformat(one) - datetime.fromisoformat(other)).total_seconds()) <= 1


def _of_own_child(event: Wire, tag: str) -> Wire:
    """Make the same event about another child: every reference and identity of its own."""
    own: Wire = _renamed(event, tag)
    return own | {"id": f"{tag}-{event['id']}"}


def _renamed(value: Any, tag: str) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return [_renamed(item, tag) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _renamed_field(key, item, tag) for key, item in value.items()}


def _renamed_field(key: str, value: Any, tag: str) -> Any:  # noqa: ANN401 - any JSON
    if key == "triggers":
        return [f"{tag}-{ref}" for ref in value]
    if (key in REFS and isinstance(value, str)) or key == "local_id":
        return f"{tag}-{value}"
    if key == "nhs_number":
        return _number_of(tag)
    if key == "retracts":
        return value | {"id": f"{tag}-{value['id']}"}
    return _renamed(value, tag)


def _number_of(tag: str) -> str:
    start = int(tag, 16) % 499_000
    return next(number for n in range(start, start + 20) if (number := nhs_number(n)))
