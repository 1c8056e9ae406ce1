"""How long does the server take for each page, with so many children on record? On a real Postgres.

`python -m bench.pages --children 1000000`: starts a Postgres of its own, puts a gap and ten counted
facts of each invented child straight into the ledger, and asks each page as who sees most, and as
the commissioner's analyst. What is printed is the 95th percentile as a share of the limit, 100 ms.
"""

import argparse
import asyncio
import json
import tempfile
from pathlib import Path
from statistics import quantiles
from typing import Final

import asyncpg
import httpx
import psutil
from joserfc.jwk import KeySet

from services.dashboards.api import create_app
from services.dashboards.settings import Settings
from services.domain.measures.catalogue import CATALOGUE
from services.runtime import clock, problems
from tests.access.people import KEY, bearer
from tests.services import conftest as server
from tests.services.conftest import Dsn, pool_of, readers_of

LIMIT: Final = 0.100
"""Seconds that a page may take on the server at the 95th percentile."""
TIMES: Final = 40
PAGES: Final = (
    "/", "/timeliness", "/completeness", "/cumulative-harm", "/quality-assurance", "/equity",
    "/compare", "/measures", "/measures/decision.in-time?by=sex",
    "/measures/decision.in-time/cases?from={month}&to={month}&state=missed",
    "/gaps", "/gaps?state=open",
    "/gaps?rule=timeliness.decision_overdue&state=open", "/queue/{gap_id}", "/status", "/alerts",
    "/downloads", "/changes", "/about-data",
)  # fmt: skip
PERSONAS: Final = ("qa-reviewer", "pcc-analyst")
CHUNK: Final = 100_000

_GAPS: Final = """
INSERT INTO ledger.gap
SELECT 'c' || n, md5('gap' || n)::uuid, 'timeliness', r.rule, 1, 'bench', r.lesson, 'gap', true,
       (ARRAY['norfolk-csc', 'norfolk-police', 'norfolk-health'])[1 + n % 3], '{}', 'duty',
       'R' || n, '/norfolk-police/cases', 'E' || n, at, CASE WHEN n % 10 > 0 THEN at + '3 days' END,
       '{"code": "decision_overdue", "params": {"from": "made", "skipped": [],
         "started_at": "2026-03-02T09:00:00Z", "due_at": "2026-03-03T23:59:59Z", "limit": 1,
         "unit": "working-days", "age_unknown": false,
         "closed_by": "social-care.referral-decided.v1"}}', '[]', '{}', $4::timestamptz, NULL, NULL
FROM generate_series($1::int, $2::int) AS n,
     LATERAL (SELECT now() - (n % 1000) * interval '1 day' AS at) AS when_,
     LATERAL (SELECT ($3::text[])[1 + n % 4] AS rule, '1' AS lesson) AS r
"""
_FACTS: Final = """
INSERT INTO ledger.fact
SELECT 'c' || n, md5(m || n)::uuid, m, 1, (now() - (n % 1000) * interval '1 day')::date,
       CASE WHEN n % 5 = 0 THEN 'missed' WHEN n % 17 = 0 THEN 'missing' ELSE 'met' END,
       (ARRAY['norfolk-csc', 'norfolk-police', 'norfolk-health'])[1 + n % 3],
       (ARRAY['duty', 'custody', 'Unknown'])[1 + n % 3], 'E0700014' || n % 7,
       (ARRAY['Female', 'Male'])[1 + n % 2],
       (ARRAY['White', 'Black', 'Asian', 'Unknown'])[1 + n % 4],
       (ARRAY['10-13', '14-15', '16-17'])[1 + n % 3], NULL, '/norfolk-police/cases', 'E' || n,
       $4::timestamptz, NULL, NULL
FROM generate_series($1::int, $2::int) AS n, unnest($3::text[]) AS m
"""
_RULES: Final = ["timeliness.decision_overdue", "timeliness.referrer_not_told",
                 "timeliness.referral_not_made", "timeliness.assessment_overdue"]  # fmt: skip


async def fill(dsn: Dsn, children: int) -> str:
    """Put a gap and ten counted facts of each child into the ledger; return the id of a gap."""
    measures = [measure.id for measure in CATALOGUE][:10]
    owner = await asyncpg.connect(dsn("postgres"))
    tick = clock.now()
    for start in range(1, children + 1, CHUNK):
        last = min(start + CHUNK - 1, children)
        await owner.execute(_GAPS, start, last, _RULES, tick)
        await owner.execute(_FACTS, start, last, measures, tick)
    await owner.execute("SET search_path = ledger")
    await owner.fetch("SELECT ledger.roll_up($1)", tick)
    await owner.execute("UPDATE belief_clock SET last = $1", tick)
    await owner.execute("VACUUM ANALYZE")
    one = await owner.fetchval("SELECT gap_id FROM gap LIMIT 1")
    await owner.close()
    return str(one)


async def run(dsn: Dsn, children: int, folder: Path) -> None:
    """Fill the ledger, then ask for each page again and again, one at a time."""
    gap_id = await fill(dsn, children)
    jwks = folder / "jwks.json"
    jwks.write_text(json.dumps(KeySet([KEY]).as_dict(private=False)))
    told = {"postgres_dsn": "unused", "kafka_bootstrap": "unused", "jwks_file": jwks}
    app = create_app(Settings.model_validate(told))
    problems.install(app)
    month = f"{clock.now():%Y}-01"
    async with (
        pool_of(dsn("dashboards")) as pool,
        readers_of(dsn("dashboards"), "dashboards") as readers,
    ):
        app.state.desk.pool, app.state.desk.readers = pool, readers
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
            for page in PAGES:
                address = page.format(month=month, gap_id=gap_id)
                for persona in PERSONAS:
                    print(await measured(client, page, address, persona), flush=True)
    print(f"memory: {psutil.Process().memory_info().rss / 1e6:,.0f} MB")


async def measured(client: httpx.AsyncClient, page: str, address: str, persona: str) -> str:
    """Ask for a page so many times; return its line."""
    answer = await client.get(address, headers=bearer(persona))  # to warm up
    taken = []
    for _ in range(TIMES):
        began = clock.monotonic()
        answer = await client.get(address, headers=bearer(persona))
        taken.append(clock.monotonic() - began)
    p95 = quantiles(taken, n=20)[-1]
    size = len(answer.content) / 1024
    return (
        f"{page:56}{persona:14}{answer.status_code:4} p95 {p95 * 1000:7.1f} ms, {p95 / LIMIT:5.2f}"
        f" of the limit; {size:5.0f} KB unzipped"
    )


def main() -> None:
    """Start a Postgres, measure, and leave nothing behind."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--children", type=int, default=100_000)
    asked = parser.parse_args()
    with server.throwaway_server() as (port, _), tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measured(f"127.0.0.1:{port}", asked.children, Path(folder)))


async def _measured(at: str, children: int, folder: Path) -> None:
    """Make every service's schema, as a deployment does, and measure."""
    owner = f"postgresql://postgres@{at}/postgres"
    await server._answers(owner)  # noqa: SLF001
    await server.prepared(owner, lambda role: f"postgresql://{role}@{at}/postgres")
    await run(lambda role: f"postgresql://{role}@{at}/postgres", children, folder)


if __name__ == "__main__":
    main()
