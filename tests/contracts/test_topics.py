"""Are the topics as the design wants them, and does what we publish fit their messages?"""

import json
from pathlib import Path
from typing import Any

import yaml
from jsonschema_rs import Draft202012Validator, Registry

from services.domain.chronology import Chronology
from services.domain.events import Event
from services.domain.gaps import Gap, Why, gap_id
from services.domain.moments import moment
from services.domain.rules.catalogue import FAMILIES
from services.runtime.contracts import Contracts
from services.runtime.projection import project

Examples = dict[str, dict[str, Any]]

REF = "9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d"
RECEIVED = moment("2026-03-04T22:00:01.5Z")
DAY = "86400000"
WEEK = "604800000"
EVENTS = {"police.events", "social-care.events", "partner.events", "staff.events"}
GAPS = {f"{judge}.gaps" for judge in FAMILIES}
COMPACTED = {"child.chronologies"} | GAPS


def document(schemas: Path) -> dict[str, Any]:
    path = schemas / "asyncapi" / "asyncapi.yaml"
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def validator(schemas: Path, name: str) -> Draft202012Validator:
    folder = schemas / "asyncapi" / "messages"
    read = {file.name: json.loads(file.read_text("utf-8")) for file in folder.glob("*.json")}
    registry = Registry([(f"local:///{file}", schema) for file, schema in read.items()])
    return Draft202012Validator(
        read[name], registry=registry, base_uri=f"local:///{name}", validate_formats=True
    )


def test_there_are_the_topics_of_the_services_that_exist(contracts: Contracts) -> None:
    assert contracts.topics.keys() == EVENTS | COMPACTED


def test_events_live_seven_days(contracts: Contracts) -> None:
    for name in EVENTS:
        assert contracts.topics[name].config == {
            "cleanup.policy": "delete",
            "retention.ms": WEEK,
            "segment.ms": DAY,
        }


def test_compacted_topics_forget_within_a_day_and_take_eight_megabytes(
    contracts: Contracts,
) -> None:
    for name in COMPACTED:
        assert contracts.topics[name].config == {
            "cleanup.policy": "compact",
            "delete.retention.ms": DAY,
            "max.compaction.lag.ms": DAY,
            "segment.ms": DAY,
            "max.message.bytes": "8388608",
            "compression.type": "zstd",
        }
    assert contracts.max_message_bytes == 8388608


def test_every_topic_has_the_same_partitions_and_one_owner(contracts: Contracts) -> None:
    assert {topic.partitions for topic in contracts.topics.values()} == {4}
    owners = {name: (topic.owner, topic.key) for name, topic in contracts.topics.items()}
    assert owners == {
        "police.events": ("intake", "record_ref"),
        "social-care.events": ("intake", "record_ref"),
        "partner.events": ("intake", "record_ref"),
        "staff.events": ("intake", "staff_ref"),
        "child.chronologies": ("chronology", "child_ref"),
        **{f"{judge}.gaps": (judge, "child_ref") for judge in FAMILIES},
    }


def test_every_kind_of_agency_publishes_to_a_topic_that_exists(contracts: Contracts) -> None:
    topics = {agency.topic for agency in contracts.registry.agencies.values()}
    assert topics == EVENTS - {"staff.events"}


def test_only_the_owner_sends_to_a_topic(schemas: Path) -> None:
    stated = document(schemas)
    channels = stated["channels"]
    sends = {
        name: {
            operation["x-service"]
            for operation in stated["operations"].values()
            if operation["action"] == "send" and operation["channel"]["$ref"].endswith("/" + name)
        }
        for name in channels
    }
    assert sends == {name: {channel["x-owner"]} for name, channel in channels.items()}


def test_every_reference_of_the_document_leads_somewhere(schemas: Path) -> None:
    stated = document(schemas)
    refs = list(references(stated))
    assert refs
    for ref in refs:
        if ref.startswith("#/"):
            here: Any = stated
            for part in ref[2:].split("/"):
                here = here[part]
        else:
            assert (schemas / "asyncapi" / ref).is_file(), ref


def references(part: object) -> list[str]:
    if isinstance(part, list):
        return [ref for each in part for ref in references(each)]
    if not isinstance(part, dict):
        return []
    own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
    return own + [ref for each in part.values() for ref in references(each)]


def published(contracts: Contracts, event: dict[str, Any]) -> Event:
    """An example as intake would publish it."""
    about_staff = event["type"] == "training.completed.v1"
    return Event(
        source=event["source"],
        id=event["id"],
        type=event["type"],
        time=moment(event["time"]),
        received_at=RECEIVED,
        agency=event["source"].split("/")[1],
        record_ref=None if about_staff else REF,
        staff_ref=REF if about_staff else None,
        feature_version=1,
        revision=0,
        facts=project(contracts, event["type"], event["data"]),
    )


def test_every_example_fits_its_message_when_published(
    schemas: Path, contracts: Contracts, examples: Examples
) -> None:
    for path, event in examples.items():
        about_staff = event["type"] == "training.completed.v1"
        name = "training-event.json" if about_staff else "published-event.json"
        wire = published(contracts, event).to_wire()
        assert validator(schemas, name).is_valid(wire), path
        assert len(json.dumps(wire)) <= 1024, path


def test_a_chronology_fits_its_message(
    schemas: Path, contracts: Contracts, examples: Examples
) -> None:
    events = [published(contracts, event) for event in examples.values()]
    wire = Chronology(
        child_ref=REF,
        epoch=1,
        version=7,
        merged_into=None,
        erased=False,
        events=tuple(event for event in events if event.record_ref),
        training=tuple(event for event in events if event.staff_ref),
    ).to_wire()
    assert validator(schemas, "chronology.json").is_valid(wire)
    assert not validator(schemas, "chronology.json").is_valid(wire | {"version": 0})
    assert not validator(schemas, "chronology.json").is_valid(wire | {"training": wire["events"]})


def test_a_verdict_fits_its_message(schemas: Path) -> None:
    gap = Gap(
        gap_id=gap_id("timeliness.decision_overdue", "referral_ref", "R-1", REF),
        rule="timeliness.decision_overdue",
        rule_version=1,
        policy_version="p",
        lesson="1",
        kind="gap",
        observed=True,
        child_ref=REF,
        referral_ref="R-1",
        anchor=("/norfolk-police/records", "e"),
        agency="norfolk-csc",
        visible_to=("norfolk-police",),
        unit=None,
        opens_at=RECEIVED,
        closes_at=None,
        why=Why("not_decided", {}),
        evidence=(("/norfolk-police/records", "e"),),
    ).to_wire()
    verdict = {
        "schema": 1,
        "child_ref": REF,
        "judge": "timeliness",
        "epoch": 1,
        "version": 7,
        "policy_version": "p",
        "merged_into": None,
        "gaps": [gap],
    }
    assert validator(schemas, "verdict.json").is_valid(verdict)
    assert not validator(schemas, "verdict.json").is_valid(verdict | {"gaps": [{"rule": "x"}]})
