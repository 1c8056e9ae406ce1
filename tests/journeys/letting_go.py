"""How is Kafka made to let go in seconds of what it would let go of in days?"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from kafka import KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from deploy.embedded import topics
from services.runtime import clock
from services.runtime.contracts import Topic

SOON = {
    "segment.ms": "100",
    "retention.ms": "1000",
    "min.cleanable.dirty.ratio": "0.0",
    "min.compaction.lag.ms": "0",
    "max.compaction.lag.ms": "1",
    "delete.retention.ms": "0",
    "file.delete.delay.ms": "0",
}
"""In place of a day, or of 7; what a policy of deleting or compacting does not ask for is idle."""


@contextmanager
def letting_go(bootstrap: str, kept: Iterable[Topic]) -> Iterator[None]:
    """Have every topic let go soon, and be as before afterwards."""
    every = list(kept)
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        admin.alter_configs([
            ConfigResource(ConfigResourceType.TOPIC, one.name, configs={**one.config, **SOON})
            for one in every
        ])  # fmt: skip
        yield
    finally:
        admin.close()
        topics.make(bootstrap, every)


def go_on(bootstrap: str, kept: Iterable[Topic]) -> None:
    """Begin a new segment everywhere: the one that is written to is never compacted.

    What does it is a null about nobody: whoever reads it forgets a child whom nobody knows.
    """
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    try:
        for one in kept:
            if one.config.get("cleanup.policy") == "compact":
                for partition in range(one.partitions):
                    producer.send(one.name, None, clock.new_ref().encode(), partition=partition)
        producer.flush()
    finally:
        producer.close()
