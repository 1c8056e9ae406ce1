"""How does a county come into a Postgres without a broker? By every service's own code, in turn.

The demo county's year is posted to intake, matched, put in order, judged, alerted about and told to
agencies, all in this process. Invented children only.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx

from deploy.demo.county import County
from deploy.demo.posting import Agencies
from deploy.demo.truth import write_year
from deploy.embedded.tokens import PERSONAS
from services.alerts.api import read_telling
from services.alerts.handlers import Keeper
from services.alerts.settings import Settings as AlertsSettings
from services.chronology.handlers import Handlers
from services.domain.rules.catalogue import FAMILIES
from services.feedback import handlers as feedback
from services.intake.keyring import vault_of
from services.intake.matcher import Matcher
from services.ledger.rebuild import rebuild
from services.ledger.settings import Settings as LedgerSettings
from services.runtime import clock
from services.runtime.contracts import Contracts
from services.runtime.guard import Message
from tests.access.people import bearer
from tests.services.conftest import Dsn

BATCH: Final = 1_000
DISPUTED: Final = 3
_HEARD: Final = b'{"erased": false}'
_DECIDED: Final = """
SELECT DISTINCT ON (made.ref) made.ref, r.child_ref
FROM carried_ref made JOIN carried_ref decided USING (kind, ref) JOIN record r
    ON r.record_ref = made.record_ref
WHERE kind = 'referral' AND made.type = 'referral.made.v1' AND made.agency = $1
  AND decided.type = 'social-care.referral-decided.v1'
ORDER BY made.ref LIMIT $2
"""
_PUBLISHED: Final = """
UPDATE event SET published_at = received_at, matched_at = coalesce(matched_at, received_at)
"""


async def tell(
    dsn: Dsn, intake: httpx.AsyncClient, contracts: Contracts, folder: Path, scale: float
) -> str:
    """Fill every schema with one county's year; return the word that all of its refs carry."""
    county = County.before(clock.now(), scale=scale)
    year = write_year(county, folder / "truth.jsonl")
    tokens = {name: bearer(name)["Authorization"].split()[1] for name in PERSONAS}
    await Agencies(intake, {"intake": "http://intake", "tokens": tokens}).post(year)
    await _linked(dsn, contracts, folder)
    await _disputed(dsn, intake, county.tag)
    await _linked(dsn, contracts, folder)
    await _in_order(dsn)
    await _judged(dsn, contracts)
    await _alerted(dsn, contracts)
    await _told(dsn, contracts)
    return county.tag


async def _linked(dsn: Dsn, contracts: Contracts, folder: Path) -> None:
    """Have the matcher look at every event."""
    async with asyncpg.create_pool(dsn("intake"), min_size=1) as pool:
        matcher = Matcher(pool, contracts, await vault_of(pool, folder / "master"))
        while await matcher.match():
            pass


async def _disputed(dsn: Dsn, intake: httpx.AsyncClient, tag: str) -> None:
    """Have the police disagree with a few decisions, which no demo agency does."""
    async with asyncpg.create_pool(dsn("intake"), min_size=1) as pool:
        rows = await pool.fetch(_DECIDED, "norfolk-police", DISPUTED)
    for row in rows:
        data = {
            "child": {"child_ref": row["child_ref"]}, "referral_ref": row["ref"],
            "reason": "The harm goes on.", "practitioner": {"ref": "PC-7", "role": "investigator"},
        }  # fmt: skip
        headers = {**bearer("norfolk-police"), "Content-Type": "application/cloudevents+json"}
        event = _event(f"{tag}-disputed-{row['ref'].replace(tag, '')}", data)
        answer = await intake.post("/v1/events", json=event, headers=headers)
        if answer.status_code != httpx.codes.ACCEPTED:
            raise SystemExit(f"a disagreement was not accepted: {answer.text}")


def _event(event_id: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0", "source": "/norfolk-police/demo-records", "id": event_id,
        "type": "disagreement.raised.v1", "data": data,
        "time": (clock.now() - timedelta(days=3)).isoformat().replace("+00:00", "Z"),
    }  # fmt: skip


async def _in_order(dsn: Dsn) -> None:
    """Hand what intake would have published to chronology, as its topics would."""
    async with (
        asyncpg.create_pool(dsn("intake"), min_size=1) as intake,
        asyncpg.create_pool(dsn("chronology"), min_size=1) as pool,
    ):
        handlers = Handlers(pool, gather_ms=0)
        rows = await intake.fetch("SELECT topic, key, value FROM outbox ORDER BY seq")
        for start in range(0, len(rows), BATCH):
            part = rows[start : start + BATCH]
            await handlers.handle([Message(one[0], 0, 0, one[1], one[2]) for one in part])
        await intake.execute(_PUBLISHED)
        await intake.execute("TRUNCATE outbox")
        await pool.execute("TRUNCATE publication")


async def _judged(dsn: Dsn, contracts: Contracts) -> None:
    """Judge all of it, by a rebuild."""
    async with asyncpg.create_pool(dsn("ledger"), min_size=1, max_size=1) as pool:
        await pool.execute("INSERT INTO judge SELECT unnest($1::text[])", sorted(FAMILIES))
    told = {"postgres_dsn": dsn("ledger"), "kafka_bootstrap": "unused:1"}
    await rebuild(LedgerSettings.model_validate(told), contracts.policy(), 2)
    async with asyncpg.create_pool(dsn("chronology"), min_size=1) as pool:
        await pool.execute("TRUNCATE publication")


async def _alerted(dsn: Dsn, contracts: Contracts) -> None:
    """Keep the alerts of every gap."""
    told = {"postgres_dsn": "unused", "kafka_bootstrap": "unused"}
    settings = AlertsSettings.model_validate(told)
    async with asyncpg.create_pool(dsn("alerts"), min_size=1) as pool:
        keeper = Keeper(pool, read_telling(settings, contracts), contracts.registry)
        await keeper.notice()
        while await keeper.look():
            pass


async def _told(dsn: Dsn, contracts: Contracts) -> None:
    """Tell every agency what it is told."""
    now = clock.now()
    async with asyncpg.create_pool(dsn("chronology"), min_size=1) as pool:
        refs = [row["child_ref"] for row in await pool.fetch("SELECT child_ref FROM child")]
    async with asyncpg.create_pool(dsn("feedback"), min_size=1) as pool:
        for start in range(0, len(refs), BATCH):
            part = refs[start : start + BATCH]
            messages = [Message("bench", 0, 0, ref.encode(), _HEARD) for ref in part]
            await feedback.handle(pool, contracts.registry, messages, now)
        while await feedback.follow(pool, now, timedelta()):
            pass
