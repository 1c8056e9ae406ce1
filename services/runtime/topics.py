"""Which topics are there, and how must the broker have them? Read from schemas/asyncapi."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SMALLEST_LIMIT = 1_048_576
"""What a broker takes where a topic states no max.message.bytes."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as the broker must have it; `key` is the field of the value that is the key."""

    name: str
    partitions: int
    replicas: int
    key: str
    owner: str
    config: Mapping[str, str]

    @property
    def max_message_bytes(self) -> int:
        """The largest message that the topic takes."""
        return int(self.config.get("max.message.bytes", SMALLEST_LIMIT))


def load_topics(path: Path) -> dict[str, Topic]:
    """Read asyncapi.yaml: topics by their name on the broker."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    topics = [_topic(channel) for channel in document["channels"].values()]
    return {topic.name: topic for topic in topics}


def _topic(channel: Mapping[str, Any]) -> Topic:
    kafka = channel["bindings"]["kafka"]
    stated = {**kafka["topicConfiguration"], **channel.get("x-topic-config", {})}
    return Topic(
        name=channel["address"],
        partitions=kafka["partitions"],
        replicas=kafka["replicas"],
        key=channel["x-key"],
        owner=channel["x-owner"],
        config={key: _setting(value) for key, value in stated.items()},
    )


def _setting(value: object) -> str:
    """Write a setting as the broker states it: lists by comma."""
    return ",".join(value) if isinstance(value, list) else str(value)
