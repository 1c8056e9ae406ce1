"""How does a message get to the broker for certain?"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    CorruptRecordException,
    InvalidTimestampError,
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
    RecordTooLargeError,
)

from services.runtime import broker_tls, log, metrics
from services.runtime.guard import NotNow

Outgoing = tuple[str, bytes, bytes | None]  # topic, key, value

MAX_BYTES: Final = 8 * 1024 * 1024 + 64 * 1024  # the value, and room for key and headers
PUBLISH_SECONDS: Final = 30.0
CONNECT_SECONDS: Final = 10.0
CLOSE_SECONDS: Final = 2.0

_log = log.get(__name__)

# What the broker will say again however often it is asked.
_FOR_EVER: Final[Mapping[type[Exception], str]] = {
    MessageSizeTooLargeError: "too-large",
    RecordTooLargeError: "too-large",
    RecordListTooLargeError: "too-large",
    CorruptRecordException: "corrupt",
    InvalidTimestampError: "invalid-timestamp",
    InvalidTopicError: "invalid-topic",
    PolicyViolationError: "policy",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """The broker refuses this message for ever; `reason` is a code of a bounded list."""

    reason: str


class Publisher:
    """An idempotent producer whose every message is acknowledged by all replicas.

    After an error that it cannot tell apart from a broken sequence it is thrown away and built
    anew: consumers take the higher version, so sending twice is harmless and losing is not.
    """

    def __init__(self, service: str, bootstrap: str, *, max_bytes: int = MAX_BYTES) -> None:
        self._service = service
        self._bootstrap = bootstrap
        self._max_bytes = max_bytes
        self._producer: AIOKafkaProducer | None = None
        self._building = asyncio.Lock()

    async def start(self) -> None:
        """Connect; raises NotNow when the broker is away (publish connects by itself, too)."""
        await self._connected()

    async def stop(self) -> None:
        """Let go of the broker. What was not acknowledged was never promised."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await _close(producer)

    async def publish(self, messages: Sequence[Outgoing]) -> list[Refused | None]:
        """Send all and await every acknowledgement; None stands for acknowledged.

        Raises NotNow when the broker is away or slow: then any of them may or may not be there,
        and all must be sent again.
        """
        producer = await self._connected()
        try:
            async with asyncio.timeout(PUBLISH_SECONDS):
                outcomes = await self._send(producer, messages)
        except (KafkaError, TimeoutError, OSError) as error:
            await self._discard(producer, error)
            raise NotNow(type(error).__name__) from None
        for (topic, _, _), outcome in zip(messages, outcomes, strict=True):
            if outcome is None:
                metrics.MESSAGES_OUT.labels(self._service, topic).inc()
        return outcomes

    async def ready(self) -> bool:
        """Say whether the broker can be reached: the readiness check `broker`."""
        producer = await self._connected()
        await producer.client.fetch_all_metadata()
        return True

    async def _send(
        self, producer: AIOKafkaProducer, messages: Sequence[Outgoing]
    ) -> list[Refused | None]:
        """Hand all over before awaiting any, so that they travel together."""
        sent: list[asyncio.Future[object] | Refused] = []
        for message in messages:
            topic, key, value = message
            traceparent = getattr(message, "traceparent", None)  # tracing.Traced
            headers = [("traceparent", traceparent.encode())] if traceparent else None
            try:
                sent.append(await producer.send(topic, value, key=key, headers=headers))
            except tuple(_FOR_EVER) as error:
                sent.append(_refused(error))
        return [one if isinstance(one, Refused) else await _acknowledged(one) for one in sent]

    async def _connected(self) -> AIOKafkaProducer:
        """Return the producer, building one if there is none."""
        async with self._building:
            if self._producer is None:
                self._producer = await self._build()
            return self._producer

    async def _build(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            **broker_tls.client(),
            client_id=self._service,
            acks="all",
            enable_idempotence=True,
            compression_type="zstd",
            linger_ms=5,
            max_batch_size=256 * 1024,
            max_request_size=self._max_bytes,
            request_timeout_ms=10_000,
            retry_backoff_ms=100,
        )
        async with contextlib.AsyncExitStack() as undo:
            undo.push_async_callback(_close, producer)  # also when we are cancelled
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    await producer.start()
            except (KafkaError, TimeoutError, OSError) as error:
                raise NotNow(type(error).__name__) from None
            undo.pop_all()
        return producer

    async def _discard(self, producer: AIOKafkaProducer, error: Exception) -> None:
        """Throw this producer away, unless another call has done so already."""
        async with self._building:
            if self._producer is producer:
                self._producer = None
                _log.warning("producer discarded", error=error)
                await _close(producer)


async def reachable(bootstrap: str) -> bool:
    """Say whether something listens where the broker should: cheap, and no more than that.

    Raises OSError when nothing does.
    """
    host, _, port = bootstrap.split(",", maxsplit=1)[0].rpartition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.close()
    return True


def _refused(error: Exception) -> Refused:
    """Translate an error of the broker's into our reason code."""
    return Refused(next(code for kind, code in _FOR_EVER.items() if isinstance(error, kind)))


async def _acknowledged(sent: "asyncio.Future[object]") -> Refused | None:
    """Await one acknowledgement; errors that are not for ever pass."""
    try:
        await sent
    except tuple(_FOR_EVER) as error:
        return _refused(error)
    return None


async def _close(producer: AIOKafkaProducer) -> None:
    """Close without waiting for a broker that may be away."""
    with contextlib.suppress(KafkaError, TimeoutError, OSError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await producer.stop()
