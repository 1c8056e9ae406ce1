"""Can one event be followed from its POST to what is believed of it?"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from services.chronology.handlers import Handlers
from services.chronology.publisher import Publisher
from services.domain.judging import judge
from services.intake.relay import Relay
from services.ledger import handlers as ledger
from services.ledger.lag import Lag
from services.runtime import clock, judging_worker, kafka, tracing
from services.runtime.contracts import Contracts
from services.runtime.guard import Message
from services.runtime.judging_worker import Bench
from tests.services.chronology.said import Broker
from tests.services.conftest import Dsn, Pool, pool_of
from tests.services.intake.sending import Sender, detention

SENDERS = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{SENDERS}-00f067aa0ba902b7-01"
WAY = ["taken in", "relayed", "in chronology", "chronology published", "judged", "believed"]


@dataclass
class Collector:
    """What was sent to it, in order of beginning."""

    url: str
    bodies: list[bytes] = field(default_factory=list)

    def spans(self) -> list[Span]:
        found = [
            span
            for body in self.bodies
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]
        return sorted(found, key=lambda span: span.end_time_unix_nano)


@pytest.fixture
def collector() -> Iterator[Collector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.path == "/v1/traces"
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made = Collector(f"http://127.0.0.1:{server.server_address[1]}")
        Thread(target=server.serve_forever, daemon=True).start()
        yield made
        server.shutdown()


@pytest.fixture
async def traced(collector: Collector) -> AsyncIterator[Collector]:
    tracing.configure(collector.url, "tests")
    yield collector
    await asyncio.to_thread(tracing.stop)


Way = Callable[[], Awaitable[None]]


@pytest.fixture
async def all_the_way(
    dsn: Dsn, intake_pool: Pool, chronology_pool: Pool, contracts: Contracts
) -> AsyncIterator[Way]:
    """Do what relay, chronology, one judge and the ledger do, without a broker between."""
    policy = contracts.policy()
    bench = Bench("timeliness", partial(judge, "timeliness"), policy, 1)

    async def go() -> None:
        events, chronologies, verdicts = Broker(), Broker(), Broker()
        await Relay(intake_pool, events).relay()
        await Handlers(chronology_pool, gather_ms=0).handle(received(events.sent))
        await Publisher(chronology_pool, chronologies).publish_due()
        said = received(chronologies.sent)
        await judging_worker.handle(bench, verdicts, said)  # type: ignore[arg-type]
        heard = [*said, *received(verdicts.sent)]
        await ledger.handle(ledger_pool, heard, policy, Lag(clock.now()))

    async with pool_of(dsn("ledger")) as ledger_pool:
        yield go


def received(sent: Sequence[kafka.Outgoing]) -> list[Message]:
    """Messages as the broker hands them on, headers included."""
    return [
        Message(
            topic, 0, offset, key, value,
            () if (trace := getattr(one, "traceparent", None)) is None
            else ((tracing.HEADER, trace.encode()),),
            clock.now().timestamp(),
        )
        for offset, one in enumerate(sent)
        for topic, key, value in (one,)
    ]  # fmt: skip


def said(span: Span) -> str:
    """All of a span that is written in words: its ids are bytes that may spell anything."""
    bare = Span()
    bare.CopyFrom(span)
    for name in ("trace_id", "span_id", "parent_span_id", "links"):
        bare.ClearField(name)
    return str(bare)


async def test_an_event_is_followed_from_its_sender_to_what_is_believed(
    police: Sender, all_the_way: Way, traced: Collector
) -> None:
    answer = await police.post(detention(traceparent=PARENT))
    assert answer.status_code == 202
    await all_the_way()
    await asyncio.to_thread(tracing.stop)
    spans = traced.spans()
    assert [span.name for span in spans] == WAY
    assert {span.trace_id.hex() for span in spans} == {SENDERS}
    parents = ["00f067aa0ba902b7", *(span.span_id.hex() for span in spans[:-1])]
    assert [span.parent_span_id.hex() for span in spans] == parents
    told = " ".join(said(span) for span in spans)
    assert "police.child-detained.v1" in told
    assert not re.findall(r"C-1|P-1|PC-7|\be-\d", told)


async def test_nothing_is_traced_and_nothing_is_carried_unless_told_where_to(
    police: Sender, intake_pool: Pool, all_the_way: Way, collector: Collector
) -> None:
    assert (await police.post(detention(traceparent=PARENT))).status_code == 202
    assert await intake_pool.fetchval("SELECT count(traceparent) FROM outbox") == 0
    await all_the_way()
    assert collector.bodies == []


@pytest.mark.parametrize("stated", ["nonsense", "", None, 7, "00-0-0-0"])
@pytest.mark.usefixtures("traced")
def test_a_sender_who_names_no_trace_begins_one(stated: object) -> None:
    found = tracing.mark("taken in", stated, clock.now())
    assert found is not None
    assert found.split("-")[1] != SENDERS
