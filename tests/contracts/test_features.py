"""Do the features of referrals' words fit what is published, and the lists one another?"""

import json
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator

from services.domain.moments import moment
from services.domain.narrative.features import BLANK, PARTS, UNKNOWN, UNKNOWN_BECAUSE, VALUE
from services.domain.narrative.phrases import NAME, code_of
from services.runtime.contracts import Contracts, read_toml

REFERRALS = {"referral.made.v1", "referral.amended.v1"}


def message(schemas: Path) -> dict[str, Any]:
    path = schemas / "asyncapi" / "messages" / "features.json"
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def test_the_features_of_every_example_fit_and_hold_no_word_of_it(
    schemas: Path, contracts: Contracts, examples: dict[str, dict[str, Any]]
) -> None:
    validator = Draft202012Validator(message(schemas))
    referrals = [event for event in examples.values() if event["type"] in REFERRALS]
    assert len(referrals) >= 4
    for event in referrals:
        features = contracts.reader.features(event["data"], moment(event["time"]))
        assert validator.is_valid(features), event["id"]
        assert "Invented" not in json.dumps(features)
        assert "recorded" not in json.dumps(features)


def test_a_poor_referral_is_seen_through(
    contracts: Contracts, examples: dict[str, dict[str, Any]]
) -> None:
    poor = examples["referral.made.v1/poor-but-accepted.json"]
    assert contracts.reader.features(poor["data"], moment(poor["time"])) == {
        "information": {
            "address": "blank",
            "siblings": "blank",
            "consent": "unknown",
            "school": "value",
            "gp": "blank",
        },
        "reason": {part: {"words": 0, "phrases": []} for part in ("why", "harm", "ask")},
    }


def test_the_message_names_exactly_the_elements_parts_states_and_phrases(
    schemas: Path, contracts: Contracts
) -> None:
    stated = message(schemas)
    information, reason = (stated["properties"][name] for name in ("information", "reason"))
    assert list(information["properties"]) == list(contracts.codes["information-element"])
    assert set(reason["properties"]) == set(PARTS)
    assert stated["$defs"]["state"]["enum"] == [VALUE, UNKNOWN, BLANK]
    codes = stated["$defs"]["part"]["properties"]["phrases"]["items"]["enum"]
    assert codes == [phrase.code for phrase in contracts.reader.phrases]


def test_every_phrase_of_every_version_has_an_alternative_and_no_other_has(
    schemas: Path, contracts: Contracts
) -> None:
    offered = read_toml(schemas / "policy" / "adult-language.toml")["alternatives"]
    lines = contracts.policy().lists[NAME]
    assert set(offered) == {phrase for line in lines for phrase in line.values}
    assert all(offered.values())
    assert {code_of(phrase) for phrase in offered} == {it.code for it in contracts.reader.phrases}


def test_every_required_element_is_one_whose_state_leaves_the_vault(contracts: Contracts) -> None:
    lines = contracts.policy().lists["completeness.information_missing.required"]
    assert {name for line in lines for name in line.values} <= contracts.codes[
        "information-element"
    ].keys()


def test_the_accepted_reasons_not_to_know_are_the_contracts() -> None:
    assert UNKNOWN_BECAUSE == ("not-yet-known", "refused", "not-applicable", "would-increase-risk")
