"""Does the broker have the topics that schemas/asyncapi names, as it names them?"""

from collections.abc import Iterable
from pathlib import Path

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewTopic
from kafka.errors import KafkaError

from services.runtime import broker_tls
from services.runtime.contracts import Topic


def answers(bootstrap: str) -> bool:
    """Say whether the broker takes requests."""
    try:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=5000)
    except KafkaError:
        return False
    admin.close()
    return True


def make(bootstrap: str, topics: Iterable[Topic], tls: Path | None = None) -> list[str]:
    """Create the topics that are missing, set the others' settings; return those created."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap, **broker_tls.admin(tls))
    try:
        wanted = {topic.name: topic for topic in topics}
        present = wanted.keys() & set(admin.list_topics())
        missing = sorted(wanted.keys() - present)
        if missing:
            admin.create_topics([_new(wanted[name]) for name in missing])
        if present:
            admin.alter_configs([_settings(wanted[name]) for name in sorted(present)])
        return missing
    finally:
        admin.close()


def _new(topic: Topic) -> NewTopic:
    """Return kafka-python's word for a topic."""
    return NewTopic(topic.name, topic.partitions, topic.replicas, topic_configs=dict(topic.config))


def _settings(topic: Topic) -> ConfigResource:
    """Return kafka-python's word for a topic's settings."""
    return ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=dict(topic.config))
