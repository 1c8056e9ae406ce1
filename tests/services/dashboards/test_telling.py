"""Is what an event states told in words, whatever it states? By the examples of the contract."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from deploy.embedded.places import PROJECT
from services.dashboards.api import create_app
from services.dashboards.desk import Desk
from services.dashboards.desks.telling import lines_of
from services.dashboards.desks.words import EVENTS, event_name
from services.dashboards.settings import Settings
from services.runtime.contracts import Contracts

EXAMPLES = sorted((PROJECT / "schemas" / "events" / "examples").rglob("*.json"))
CODE = re.compile(r"[EWSN]\d{8}|[a-z]+[-_][a-z_-]+\b(?! )|\d{4}-\d\d-\d\d|^[A-Z0-9]{2,4}$")
REFS = re.compile(r"number|Child ref|Gap id|Referral|What led to it|ref|Source|Id$|Salt|^Of: ")
"""What is known by its ref alone, and is shown by it."""


@pytest.fixture(scope="module")
def desk(contracts: Contracts) -> Desk:
    settings = Settings(postgres_dsn=SecretStr("unused"), kafka_bootstrap="unused")
    desk: Desk = create_app(settings, contracts).state.desk
    return desk


def test_every_event_has_a_name(contracts: Contracts) -> None:
    ours = {one for one in contracts.types if not one.startswith("identity.")}
    assert ours - set(EVENTS) == set()
    assert event_name("referral") == "Referral"  # a file to fill in that is of no event


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_no_code_stands_in_what_is_told(desk: Desk, file: Path) -> None:
    told = lines_of(desk, json.loads(file.read_text())["data"])
    assert told
    codes = [
        (term, word)
        for term, text in told
        if not REFS.search(term)
        for word in text.split(", ")
        if CODE.search(word)
    ]
    assert codes == []
    assert [term for term, _ in told if "_" in term] == []


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ({"sent_to": "E10000020"}, ("Sent to", "Norfolk children's social care")),
        ({"child": {"area": "E10000020"}}, ("Child: Area", "Norfolk")),
        ({"sent_to": "E10000016"}, ("Sent to", "An area that is not named here")),
        ({"recorded_at": "2026-07-01T09:00:00Z"}, ("Recorded at", "1 July 2026, 10:00")),
        ({"child": {"sex": "F"}}, ("Child: Sex", "Female")),
        ({"factors": ["1A", "20"]}, ("Factors", "Alcohol misuse: child, Other")),
        ({"harms": ("knife", "gang")},
         ("Harms", "Carrying or fear of knives, Harm by groups or gangs")),
        ({"attended": ["norfolk-csc"]}, ("Attended", "Norfolk children's social care")),
        ({"information": {"gp": {"unknown_because": "not-yet-known"}}},
         ("Information: General practitioner", "Not known yet")),
        ({"grades": {"recognition": "requires-improvement"}},
         ("Grades: Was risk recognised", "Requires improvement")),
        ({"reason": {"why": "He was out-of-area"}}, ("Reason: Why", "He was out-of-area")),
    ],
)  # fmt: skip
def test_a_fact_is_told_by_what_it_stands_for(
    desk: Desk, data: dict[str, Any], line: tuple[str, str]
) -> None:
    assert lines_of(desk, data) == [line]
