"""Where is one event on its way, and how long was it at each place? Off unless told where to send.

The trace begins with the sender's, if the event's extension `traceparent` names one, and goes on
with each message in a header. A span says a type, a judge, a topic: no ref and nothing that was
said. The last event to change a child's version gives it its trace; others end there.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from services.runtime.kafka import Outgoing

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

HEADER: Final = "traceparent"
_PATH: Final = "/v1/traces"
_propagator: Final = TraceContextTextMapPropagator()
_providers: "dict[str, TracerProvider]" = {}


def configure(endpoint: str | None, service: str) -> None:
    """Send this process's spans to an OTLP endpoint from now on; None sends nothing."""
    stop()
    if endpoint is not None:
        # what sends is a tenth of a process's start, and most processes send nothing
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

        provider = TracerProvider(resource=Resource.create({"service.name": service}))
        exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + _PATH)
        provider.add_span_processor(BatchSpanProcessor(exporter))
        _providers["ours"] = provider


def is_on() -> bool:
    """Say whether spans are sent anywhere."""
    return bool(_providers)


def stop() -> None:
    """Send what is left, and send no more."""
    if provider := _providers.pop("ours", None):
        provider.shutdown()


def mark(
    name: str, parent: object, began_at: datetime, attributes: Mapping[str, str] | None = None
) -> str | None:
    """Say that something was done, from a moment until now; return on which trace it goes on.

    A parent that is none, or no traceparent, begins a trace. None while nothing is sent.
    """
    provider = _providers.get("ours")
    if provider is None:
        return None
    stated = {HEADER: parent} if isinstance(parent, str) else {}
    span = provider.get_tracer(__name__).start_span(
        name,
        context=_propagator.extract(stated, context=Context()),
        start_time=int(began_at.timestamp() * 1e9),
        attributes=dict(attributes or {}),
    )
    span.end()
    carrier: dict[str, str] = {}
    _propagator.inject(carrier, context=trace.set_span_in_context(span, Context()))
    return carrier.get(HEADER)


def of(headers: Iterable[tuple[str, bytes]]) -> str | None:
    """Return the trace that a message carries."""
    return next(
        (value.decode("ascii", "replace") for name, value in headers if name == HEADER), None
    )


class Traced(tuple[str, bytes, bytes | None]):  # noqa: SLOT001 - a tuple's kind may name none
    """A message to be sent that carries its trace on."""

    traceparent: str | None


def on(message: Outgoing, traceparent: str | None) -> Outgoing:
    """Return a message on its trace; the same message where there is none."""
    if traceparent is None:
        return message
    traced = Traced(message)
    traced.traceparent = traceparent
    return traced
