"""How far is a group behind?"""

import asyncio
from collections.abc import Sequence
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.runtime import broker_tls
from services.runtime.guard import NotNow


class LagReader:
    """Reads how far any group is behind; keeps its connections between calls."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._admin: AIOKafkaAdminClient | None = None
        self._consumer: AIOKafkaConsumer | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Let go of the broker; the next call connects again."""
        admin, self._admin = self._admin, None
        consumer, self._consumer = self._consumer, None
        if admin is not None:
            await admin.close()
        if consumer is not None:
            await consumer.stop()

    async def lag(self, group: str, topics: Sequence[str]) -> dict[TopicPartition, tuple[int, int]]:
        """Return (acknowledged offset, messages beyond it) for each partition.

        A partition in which the group has acknowledged nothing counts from its beginning.
        Raises NotNow when the broker is away.
        """
        try:
            async with asyncio.timeout(10):
                return await self._lag(group, topics)
        except (KafkaError, TimeoutError, OSError) as error:
            await self.stop()
            raise NotNow(type(error).__name__) from None

    async def _lag(
        self, group: str, topics: Sequence[str]
    ) -> dict[TopicPartition, tuple[int, int]]:
        admin, consumer = await self._connected()
        known = await admin.describe_topics(list(topics))
        partitions = [
            TopicPartition(topic["topic"], partition["partition"])
            for topic in known
            for partition in topic["partitions"]
        ]
        acknowledged = await admin.list_consumer_group_offsets(group)
        first = await consumer.beginning_offsets(partitions)
        end = await consumer.end_offsets(partitions)
        at = {
            one: max(acknowledged[one].offset, first[one]) if one in acknowledged else first[one]
            for one in partitions
        }
        return {one: (at[one], max(end[one] - at[one], 0)) for one in partitions}

    async def _connected(self) -> tuple[AIOKafkaAdminClient, AIOKafkaConsumer]:
        if self._admin is None or self._consumer is None:
            await self.stop()
            admin = self._admin = AIOKafkaAdminClient(
                bootstrap_servers=self._bootstrap, **broker_tls.client()
            )
            await admin.start()
            consumer = self._consumer = AIOKafkaConsumer(
                bootstrap_servers=self._bootstrap, **broker_tls.client()
            )
            await consumer.start()
        return self._admin, self._consumer
