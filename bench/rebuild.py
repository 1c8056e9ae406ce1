"""How many events a second does a rebuild judge on a core, and does its memory stay flat?

The demo county, told straight to chronology's tables, some times over, in a PostgreSQL of its own:
`python -m bench.rebuild --copies 50`. Invented children only; everything is deleted afterwards.
"""

import argparse
import asyncio
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import asyncpg
import msgspec
import psutil

from deploy.demo.county import County
from deploy.demo.life import Said
from deploy.demo.office_days import london_day
from deploy.demo.staff import Staff
from deploy.demo.year import lives, training
from deploy.embedded.places import PROJECT, Places
from deploy.embedded.ports import is_free
from deploy.embedded.postgres import Database
from services.chronology.handlers import Handlers
from services.domain.events import Event
from services.domain.rules.catalogue import FAMILIES
from services.intake.candidates import Candidate
from services.intake.features import published
from services.ledger import crew
from services.runtime import clock
from services.runtime.contracts import Contracts
from services.runtime.guard import Message

_BATCH = 1_000
_COPY = """
INSERT INTO child SELECT child_ref || '~' || n, version, merged_into, erased
FROM child, generate_series(2, {0}) n WHERE strpos(child_ref, '~') = 0;
INSERT INTO record SELECT record_ref || '~' || n, child_ref || '~' || n, link_version
FROM record, generate_series(2, {0}) n WHERE strpos(record_ref, '~') = 0;
INSERT INTO event
SELECT source, id || '~' || n, type, time, record_ref || '~' || n, staff_ref, feature_version,
       revision, body, child_version, stored_at
FROM event, generate_series(2, {0}) n WHERE strpos(id, '~') = 0 AND record_ref IS NOT NULL;
INSERT INTO retraction SELECT source, id || '~' || n, target_source, target_id || '~' || n
FROM retraction, generate_series(2, {0}) n WHERE strpos(id, '~') = 0;
ANALYZE;
"""
"""Copies carry the bodies as they are: refs count only within a child."""


@dataclass(slots=True)
class Measured:
    """What one rebuild took: seconds, CPU seconds, and megabytes at the most."""

    copies: int
    events: int
    gaps: int
    judged: float
    whole: float
    workers_cpu: float
    parent_mb: float
    worker_mb: float


def main() -> None:
    """Measure a rebuild of one county and of many, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.rebuild", description=__doc__)
    parser.add_argument("--copies", type=int, default=50, help="how many counties (50)")
    parser.add_argument("--scale", type=float, default=1.0, help="of each county (1.0)")
    parser.add_argument("--workers", type=int, default=crew.cores())
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="watch-bench-"))
    folder.chmod(0o711)
    try:
        _measure(folder, chosen)
    finally:
        shutil.rmtree(folder)


def _measure(folder: Path, chosen: argparse.Namespace) -> None:
    places = Places(folder)
    places.make()
    port = next(port for port in range(32_000, 33_000) if is_free(port))
    database = Database.at(places, port)
    database.create()
    user = pwd.getpwnam(database.account.name) if database.account.name else None
    server = subprocess.Popen(  # noqa: S603 - a list made here, never through a shell
        database.command,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=(folder / "postgres.log").open("wb"),
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )
    try:
        asyncio.run(_fill(database, chosen.scale))
        measured = [_rebuild(database, 1, chosen.workers)]
        if chosen.copies > 1:
            asyncio.run(_copy(database, chosen.copies))
            measured.append(_rebuild(database, chosen.copies, chosen.workers))
    finally:
        server.send_signal(2)
        server.wait(60)
        shutil.rmtree(database.folder, ignore_errors=True)
    _print(measured, chosen.workers)


async def _fill(database: Database, scale: float) -> None:
    """Tell chronology the county, by its own handlers, each true child linked to one ref."""
    for _ in range(200):
        if await database.server.answers():
            break
        await asyncio.sleep(0.1)
    await database.server.prepare()
    started = clock.monotonic()
    told = _told(County.before(clock.now(), scale=scale))
    async with asyncpg.create_pool(database.dsn("chronology")) as pool:
        handlers = Handlers(pool, gather_ms=0)
        batch: list[Message] = []
        for event in told:
            batch.append(_message(event))
            if len(batch) == _BATCH:
                await handlers.handle(batch)
                batch = []
        await handlers.handle(batch)
    async with asyncpg.create_pool(database.dsn("ledger"), max_size=1, min_size=1) as pool:
        await pool.execute("INSERT INTO judge SELECT unnest($1::text[])", sorted(FAMILIES))
    print(f"one county told in {clock.monotonic() - started:.0f} s", flush=True)


async def _copy(database: Database, copies: int) -> None:
    started = clock.monotonic()
    connection = await asyncpg.connect(database.dsn("chronology"))
    await connection.execute(_COPY.format(copies))
    await connection.close()
    print(f"{copies} counties in {clock.monotonic() - started:.0f} s", flush=True)


def _told(county: County) -> Iterator[Event]:
    contracts, staff = Contracts.load(PROJECT / "schemas"), Staff(county)
    for said in training(county, staff):
        yield _published(contracts, said, None)
    for life in lives(county, staff):
        records: dict[str, None] = {}
        for said in life.said:
            record = f"{said.agency}-{said.content['child']['local_id']}"
            records[record] = None
            yield _published(contracts, said, record)
        for record in list(records)[1:]:
            yield _link(record, next(iter(records)), life.said[0])


def _published(contracts: Contracts, said: Said, record: str | None) -> Event:
    event = said.wire()
    practitioner = said.content.get("practitioner")
    staff = f"{said.agency}-{practitioner['ref']}" if practitioner else None
    candidate = Candidate(event, said.source, said.id, said.type, said.time, said.agency, b"")
    age = None
    if record is not None:
        born, day = (
            date.fromisoformat(said.content["child"]["date_of_birth"]),
            london_day(said.time),
        )
        age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return published(contracts, candidate, said.arrives, record, staff, age)


def _link(record: str, child: str, said: Said) -> Event:
    facts = {"record_ref": record, "child_ref": child, "link_version": 1}
    return Event(
        source="/referral-watch/matcher", id=f"link-{record}", type="identity.linked.v1",
        time=said.time, received_at=said.arrives, agency="referral-watch", record_ref=record,
        staff_ref=None, feature_version=1, revision=0, facts=facts,
    )  # fmt: skip


def _message(event: Event) -> Message:
    return Message("bench", 0, 0, b"", msgspec.json.encode(event.to_wire()))


def _rebuild(database: Database, copies: int, workers: int) -> Measured:
    """Run `services.ledger.rebuild` as an operator does, and watch it."""
    told = {
        "RW_POSTGRES_DSN": database.dsn("ledger"),
        "RW_KAFKA_BOOTSTRAP": "unused:1",
        "RW_SCHEMAS": str(PROJECT / "schemas"),
    }
    command = [sys.executable, "-m", "services.ledger.rebuild", "--workers", str(workers)]
    started = clock.monotonic()
    run = subprocess.Popen(  # noqa: S603 - a list made here, never through a shell
        command, cwd=PROJECT, env=os.environ | told, stdout=subprocess.PIPE, text=True
    )
    watch = _Watch(run.pid)
    judged = 0.0
    assert run.stdout is not None  # noqa: S101 - asked for above
    for line in run.stdout:
        print(f"  {line.rstrip()}", flush=True)
        watch.look()
        if " left" in line:
            judged = clock.monotonic() - started
    if run.wait():
        raise SystemExit("the rebuild failed")
    whole = clock.monotonic() - started
    events, gaps = asyncio.run(_counts(database))
    return Measured(copies, events, gaps, judged, whole, watch.cpu, watch.parent, watch.worker)


class _Watch:
    """The most memory that parent and workers held, and the workers' CPU time."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._cpu: dict[int, float] = {}
        self.parent = self.worker = 0.0

    @property
    def cpu(self) -> float:
        return sum(self._cpu.values())

    def look(self) -> None:
        try:
            self.parent = max(self.parent, self._process.memory_info().rss / 1e6)
            for child in self._process.children():
                if "spawn_main" in " ".join(child.cmdline()):
                    self.worker = max(self.worker, child.memory_info().rss / 1e6)
                    times = child.cpu_times()
                    self._cpu[child.pid] = times.user + times.system
        except psutil.Error:
            return


async def _counts(database: Database) -> tuple[int, int]:
    connection = await asyncpg.connect(database.dsn())
    try:
        events = await connection.fetchval("SELECT count(*) FROM chronology.event")
        gaps = await connection.fetchval("SELECT count(*) FROM ledger.gap WHERE known_to IS NULL")
    finally:
        await connection.close()
    return events, gaps


def _print(measured: list[Measured], workers: int) -> None:
    print(f"\n{workers} workers on {os.cpu_count()} cores, the database beside them")
    heads = ("counties", "events", "gaps", "judged and loaded", "with the swap", "events/s a core",
             "µs of a worker an event", "parent MB", "worker MB")  # fmt: skip
    print("  ".join(heads))
    for one in measured:
        cells = (
            str(one.copies), f"{one.events:,}", f"{one.gaps:,}", f"{one.judged:.1f} s",
            f"{one.whole:.1f} s", f"{one.events / one.judged / workers:,.0f}",
            f"{one.workers_cpu / one.events * 1e6:.0f}", f"{one.parent_mb:.0f}",
            f"{one.worker_mb:.0f}",
        )  # fmt: skip
        print("  ".join(f"{cell:>{len(head)}}" for cell, head in zip(cells, heads, strict=True)))


if __name__ == "__main__":
    main()
